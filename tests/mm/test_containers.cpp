#include <vector>

#include "kernel_model/lib/list.h"
#include "kernel_model/lib/object_pool.h"
#include "kernel_model/lib/radix_tree.h"
#include "kernel_model/lib/random.h"
#include "tests/support/catch.h"
#include "tests/support/mm_machine.h"

using namespace km;
using namespace km_test;

TEST_CASE("A list keeps the order of insertion and forgets what is removed") {
    ListNode list, a, b, c;
    a.insert_tail(list);
    b.insert_tail(list);
    CHECK_FALSE(list.is_singular());
    c.insert_head(list);
    CHECK(list.next == &c);
    CHECK(list.prev == &b);
    a.remove();
    CHECK(a.empty());
    CHECK(c.next == &b);
    b.remove();
    CHECK(list.is_singular());
    c.remove();
    CHECK(list.empty());
}

TEST_CASE("A pool takes pages as it grows and gives each back with its last object") {
    struct Object {
        u64 words[12];
    };
    Machine machine{""};
    ObjectPool<Object> pool;
    std::vector<Object*> objects;
    for (u64 i = 0; i != 200; ++i) {
        objects.push_back(pool.create());
        objects.back()->words[11] = i;
    }
    CHECK(pool.live() == 200);
    CHECK(machine.pages_in_use() == 5);  // 42 objects of 96 bytes a page
    for (u64 i = 0; i != 200; ++i) CHECK(objects[i]->words[11] == i);
    for (u64 i = 0; i < 200; i += 2) pool.destroy(objects[i]);
    CHECK(machine.pages_in_use() == 5);
    for (u64 i = 0; i < 100; i += 2) objects[i] = pool.create();
    CHECK(machine.pages_in_use() == 5);
    for (u64 i = 0; i < 100; i += 2) pool.destroy(objects[i]);
    for (u64 i = 1; i < 200; i += 2) pool.destroy(objects[i]);
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE("A pool without memory returns null") {
    Machine machine{""};
    while (alloc_pages(0, false) != nullptr) {}
    ObjectPool<u64> pool;
    CHECK(pool.create() == nullptr);
}

TEST_CASE("A radix tree finds what was put at sparse indices and frees every node") {
    Machine machine{""};
    RadixTree tree;
    int values[6];
    const u64 indices[] = {0, 63, 64, 4095, 1u << 20, ~u64{0}};
    for (unsigned i = 0; i != 6; ++i) REQUIRE(tree.insert(indices[i], values + i));
    for (unsigned i = 0; i != 6; ++i) CHECK(tree.find(indices[i]) == values + i);
    for (const u64 absent : {u64{1}, u64{65}, u64{1} << 40}) CHECK(tree.find(absent) == nullptr);
    std::vector<void*> visited;
    tree.clear([&visited](void* value) { visited.push_back(value); });
    REQUIRE(visited.size() == 6);
    for (unsigned i = 0; i != 6; ++i) CHECK(visited[i] == values + i);
    CHECK(tree.find(0) == nullptr);
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE("A permutation visits every number once") {
    for (const u64 count : {1u, 2u, 7u, 1000u, 8191u}) {
        Random random{count};
        const Permutation order{count, random};
        std::vector<bool> seen(count);
        for (u64 i = 0; i != count; ++i) {
            const u64 value = order(i);
            REQUIRE(value < count);
            CHECK_FALSE(seen[value]);
            seen[value] = true;
        }
    }
}
