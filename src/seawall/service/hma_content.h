#pragma once

#include <optional>
#include <string>
#include <vector>

#include "seawall/json/json.h"
#include "seawall/model/entry.h"
#include "seawall/service/hma_media.h"
#include "seawall/service/hma_words.h"

namespace seawall {

// What HMA's clients say of content, and an entry in HMA's shapes. Pure.

/// What stands beside the signals of new content.
struct HmaNotes {
  static constexpr std::size_t kNoteCharactersMax = 255;

  std::string metadata;  ///< JSON of content_id, content_uri, json; empty: none.
  std::string note;      ///< Empty: none.
};
/// `note`: a text or nothing. Errors: kInvalidInput in HMA's words.
HmaRead<std::string> hma_note(const Json& note);
/// Of a JSON body (null: none was sent) or, where that is no object, of a form's fields. Errors: likewise.
HmaRead<HmaNotes> hma_notes(const Json& body, const HmaForm& form);

/// The key under which signals are listed by hand: the same signals, the same key. It holds none of them.
[[nodiscard]] std::string hma_key(const std::vector<HmaSignal>& signals);
[[nodiscard]] EntryContent hma_content(const std::vector<HmaSignal>& signals, const HmaNotes& notes);
/// {"pdq": "...", "video_md5": "..."}: of several of a type the first.
[[nodiscard]] Json hma_signals_json(const EntrySignals& signals);

/// The same content with another note; empty: none.
[[nodiscard]] EntryContent with_note(EntryContent content, const std::string& note);
[[nodiscard]] std::string note_of(const EntryContent& content);
/// What people gave with the content: {"content_id", "content_uri", "json"}; null: nothing.
[[nodiscard]] Json hma_user_metadata(const EntryContent& content);

}  // namespace seawall
