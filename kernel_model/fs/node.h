// The tree of files: the root file system, in memory, as Linux unpacks an initramfs into ramfs. A node is an inode and
// its only name in one (there are no hard links).
#pragma once

#include "kernel_model/mm/file.h"

namespace km {

struct Pipe;

enum class NodeKind : u8 { Regular, Directory, SymbolicLink, Character, Fifo };
enum class Device : u8 { None, ConsoleOutput, ConsoleError, Null, Zero, Random };

// Linux: NAME_MAX.
inline constexpr unsigned kNameMax = 255;
// With the terminator. Linux's PATH_MAX is 4096; a longer one than this is ENAMETOOLONG here.
inline constexpr unsigned kPathMax = 1024;

struct Node {
    NodeKind kind{NodeKind::Regular};
    Device device{Device::None};
    u32 permissions{0644};
    u32 opened{0};                // by open files, working directories and programs under way
    bool linked{false};           // it has a place in the tree
    u64 number{0};                // st_ino
    u64 modified{0};              // nanoseconds of virtual time
    u64 size{0};                  // bytes of a regular file or of a link's target
    const u8* image{nullptr};     // the bytes where the initrd has them, until they are written or mapped
    File* pages{nullptr};         // the bytes otherwise
    Pipe* pipe{nullptr};
    Node* parent{nullptr};        // of the root: itself
    Node* first_child{nullptr};   // newest first
    Node* next_sibling{nullptr};
    char name[kNameMax + 1]{};
};

[[nodiscard]] Node& root_node();

// A name of `length` characters, at most kNameMax.
struct Name {
    const char* text;
    u64 length;
};
// Null: there is none.
[[nodiscard]] Node* find_child(const Node& directory, Name name);
// Null: no memory. `directory` must not have the name.
[[nodiscard]] Node* make_child(Node& directory, Name name, NodeKind kind, u32 permissions);
// A node without a name, opened once. Null: no memory.
[[nodiscard]] Node* make_nameless(NodeKind kind, u32 permissions);
// Takes the node out of the tree; it goes when nobody has it open.
void unlink_node(Node& node);
// Gives a node that is in the tree another place.
void move_node(Node& node, Node& directory, Name name);

// A use of a node that may outlive its name.
inline void node_get(Node& node) { ++node.opened; }
void node_put(Node& node);

// Whether `node` is `ancestor` or lies below it.
[[nodiscard]] bool is_below(const Node& node, const Node& ancestor);
// Before power-off: the whole tree, so that pages that nobody frees show.
void drop_tree();

}  // namespace km
