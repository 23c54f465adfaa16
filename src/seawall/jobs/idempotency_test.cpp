#include "seawall/jobs/idempotency.h"

#include <gtest/gtest.h>

// What needs no store: tests/jobs has the rest.
namespace seawall {
namespace {

TEST(RequestDigest, TellsApartWhatIsDifferent) {
  const auto digest = [](const RequestHead& head, std::string_view body) {
    Sha256Hasher hasher = begin_request_digest(head);
    hasher.update(body);
    return hasher.finish();
  };
  const Sha256 one = digest({"POST", "/v1/match", "image/jpeg"}, "bytes");
  EXPECT_EQ(one, digest({"POST", "/v1/match", "image/jpeg"}, "bytes"));
  EXPECT_NE(one, digest({"POST", "/v1/match", "image/jpeg"}, "byte"));
  EXPECT_NE(one, digest({"POST", "/v1/match", "image/jpegb"}, "ytes"));
  EXPECT_NE(one, digest({"POST", "/v1/match?mode=async", "image/jpeg"}, "bytes"));
  EXPECT_NE(one, digest({"PUT", "/v1/match", "image/jpeg"}, "bytes"));
}

Identity person(const std::string& tenant, const std::string& who) {
  Identity identity;
  identity.kind = IdentityKind::kPerson;
  identity.tenant = tenant;
  identity.who = who;
  return identity;
}

TEST(Caller, IsAKeyOrAPersonOfATenantAndNeverBoth) {
  Identity key = person("one", "forum");
  key.kind = IdentityKind::kKey;
  key.key_id = "abc";
  EXPECT_EQ(caller_of(key), "k/abc");
  EXPECT_EQ(caller_of(person("a/b", "ann")), "p/3/a/b/ann");
  EXPECT_NE(caller_of(person("a/b", "ann")), caller_of(person("a", "b/ann")));
  EXPECT_LE(caller_of(person(std::string(200, 'x'), std::string(200, 'y'))).size(), 500U);
}

TEST(RememberedAnswer, ComesBackAsItWent) {
  const RememberedAnswer bare{200, "", {}, ""};
  const RememberedAnswer full{201,
                              "application/json",
                              {{"Location", "/v1/keys/1"}, {"ETag", "\"a: b\""}},
                              std::string("{}\n\n\0\xff", 6)};
  for (const RememberedAnswer& answer : {bare, full}) {
    const auto read = remembered_answer_from_text(answer.status, *to_text(answer));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, answer);
  }
}

TEST(RememberedAnswer, HasItsLimits) {
  EXPECT_TRUE(to_text({200, "", {}, std::string(RememberedAnswer::kBodyBytesMax, 'x')}));
  const auto code = [](const RememberedAnswer& answer) { return to_text(answer).error().code; };
  EXPECT_EQ(code({200, "", {}, std::string(RememberedAnswer::kBodyBytesMax + 1, 'x')}), Code::kLimitExceeded);
  EXPECT_EQ(code({200, "", {{"a", std::string(17'000, 'x')}}, ""}), Code::kLimitExceeded);
  EXPECT_EQ(code({200, "a\nb", {}, ""}), Code::kInvalidInput);
  EXPECT_EQ(code({200, "", {{"a", "b\r\nc: d"}}, ""}), Code::kInvalidInput);
  EXPECT_EQ(code({200, "", {{"a:b", "c"}}, ""}), Code::kInvalidInput);
  EXPECT_EQ(code({200, "", {{"", "c"}}, ""}), Code::kInvalidInput);
}

TEST(RememberedAnswer, IsNotReadFromADamagedText) {
  const std::string text = *to_text({200, "text/plain", {{"a", "b"}}, "body"});
  const std::size_t head = text.find("\n\n") + 2;
  for (std::size_t size = 0; size < head; ++size) {
    EXPECT_FALSE(remembered_answer_from_text(200, std::string_view(text).substr(0, size))) << size;
  }
  EXPECT_FALSE(remembered_answer_from_text(200, "seawall-answer-2" + text.substr(16)));
}

}  // namespace
}  // namespace seawall
