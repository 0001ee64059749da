#include "kernel_model/fs/node.h"

#include "kernel_model/boot/text.h"
#include "kernel_model/fs/pipe.h"
#include "kernel_model/lib/object_pool.h"
#include "kernel_model/process/clock.h"

namespace km {
namespace {

ObjectPool<Node> nodes;
u64 last_number = 1;
constinit Node root{.kind = NodeKind::Directory, .permissions = 0755, .linked = true, .number = 1};

void set_name(Node& node, Name name) {
    for (u64 i = 0; i < name.length; ++i) node.name[i] = name.text[i];
    node.name[name.length] = '\0';
}

bool has_name(const Node& node, Name name) {
    return length_of(node.name) == name.length && __builtin_memcmp(node.name, name.text, name.length) == 0;
}

void put_below(Node& node, Node& directory) {
    node.parent = &directory;
    node.next_sibling = directory.first_child;
    node.linked = true;
    directory.first_child = &node;
}

void take_out(Node& node) {
    Node** link = &node.parent->first_child;
    while (*link != &node) link = &(*link)->next_sibling;
    *link = node.next_sibling;
    node.linked = false;
}

Node* new_node(NodeKind kind, u32 permissions) {
    Node* node = nodes.create();
    if (node == nullptr) return nullptr;
    node->kind = kind;
    node->permissions = permissions;
    node->number = ++last_number;
    node->modified = virtual_nanoseconds();
    return node;
}

void free_node(Node& node) {
    if (node.pipe != nullptr) free_pipe(*node.pipe);
    if (node.pages != nullptr) file_put(node.pages);
    nodes.destroy(&node);
}

void drop_below(Node& directory) {
    while (Node* child = directory.first_child) {
        drop_below(*child);
        directory.first_child = child->next_sibling;
        free_node(*child);
    }
}

}  // namespace

Node& root_node() {
    root.parent = &root;
    return root;
}

Node* find_child(const Node& directory, Name name) {
    Node* child = directory.first_child;
    while (child != nullptr && !has_name(*child, name)) child = child->next_sibling;
    return child;
}

Node* make_child(Node& directory, Name name, NodeKind kind, u32 permissions) {
    Node* node = new_node(kind, permissions);
    if (node == nullptr) return nullptr;
    set_name(*node, name);
    put_below(*node, directory);
    return node;
}

Node* make_nameless(NodeKind kind, u32 permissions) {
    Node* node = new_node(kind, permissions);
    if (node == nullptr) return nullptr;
    node->opened = 1;
    return node;
}

void unlink_node(Node& node) {
    take_out(node);
    if (node.opened == 0) free_node(node);
}

void move_node(Node& node, Node& directory, Name name) {
    take_out(node);
    set_name(node, name);
    put_below(node, directory);
}

void node_put(Node& node) {
    if (--node.opened == 0 && !node.linked) free_node(node);
}

bool is_below(const Node& node, const Node& ancestor) {
    const Node* at = &node;
    while (at != &ancestor && at->parent != at) at = at->parent;
    return at == &ancestor;
}

void drop_tree() { drop_below(root); }

}  // namespace km
