#include "seawall/api/padded_body.h"

#include "seawall/json/object_reader.h"
#include "seawall/net/secret.h"

namespace seawall {

PaddedBody::PaddedBody(std::string_view body) {
  copy_.reserve(body.size() + JsonObjectReader::kPaddingBytes);
  copy_.assign(body);
}

PaddedBody::~PaddedBody() { wipe_bytes(copy_.data(), copy_.size()); }

}  // namespace seawall
