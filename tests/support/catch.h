// The one place that names Catch2's header: Debian 12 has version 2.
#pragma once
#include <catch2/catch.hpp>
