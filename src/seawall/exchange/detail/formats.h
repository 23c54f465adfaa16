#pragma once

#include "seawall/exchange/exchange_format.h"

/// The one object of each format. They live as long as the program.
namespace seawall::exchange_detail {

const ExchangeFormat& csv_format();
const ExchangeFormat& interpol_csv_format();
const ExchangeFormat& ncmec_v2_format();
const ExchangeFormat& ndjson_format();
const ExchangeFormat& seawall_format();
const ExchangeFormat& stopncii_format();
const ExchangeFormat& threatexchange_format();
const ExchangeFormat& vics_1_3_format();
const ExchangeFormat& vics_2_0_format();

}  // namespace seawall::exchange_detail
