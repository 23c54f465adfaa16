#pragma once

#include "seawall/base/result.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/clip_report/alignment_picture.h"
#include "seawall/report/record.h"

namespace seawall {

/// The picture and its words as a page of their own, in the style of the other reports: no script, nothing
/// from any network, all names escaped. Errors: the sink's.
Result<void> write_alignment_page(const ClipMatch& match, const AlignmentSubject& subject, TextSink sink);

}  // namespace seawall
