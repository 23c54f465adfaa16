#pragma once

// SEAWALL_CHECK stands in base/result.h.
#include "seawall/base/result.h"
