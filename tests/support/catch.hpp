#pragma once
// The one door to the test framework: Catch2 version 2 today, kept to what version 3 shares.
#include <catch2/catch.hpp>
