#include "seawall/jobs/webhook_signature.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

std::vector<Secret> secrets(std::initializer_list<const char*> texts) {
  std::vector<Secret> made;
  for (const char* text : texts) made.emplace_back(text);
  return made;
}

// The example of the specification's text and of its reference libraries.
const WebhookMessage kMessage{"msg_p5jXN8AQM9LWM0D4loKWxJek",
                              std::chrono::sys_seconds(std::chrono::seconds(1614265330)),
                              R"({"test": 2432232314})"};
constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kOther = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr const char* kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

TEST(WebhookSignature, IsThatOfTheSpecificationsExample) {
  EXPECT_EQ(*webhook_signature(kMessage, secrets({kSecret})), kSignature);
}

TEST(WebhookSignature, HasOneForEachSecretInForce) {
  const std::string both = *webhook_signature(kMessage, secrets({kOther, kSecret}));
  const std::string other = *webhook_signature(kMessage, secrets({kOther}));
  EXPECT_EQ(both, other + " " + kSignature);
  EXPECT_EQ(other.size(), 3U + 44U);
}

TEST(WebhookSignature, ChangesWithEachPartOfTheMessage) {
  for (const WebhookMessage& message :
       {WebhookMessage{"msg_p5jXN8AQM9LWM0D4loKWxJel", kMessage.sent, kMessage.body},
        WebhookMessage{kMessage.id, kMessage.sent + std::chrono::seconds(1), kMessage.body},
        WebhookMessage{kMessage.id, kMessage.sent, R"({"test": 2432232315})"},
        WebhookMessage{kMessage.id, kMessage.sent, ""}}) {
    EXPECT_NE(*webhook_signature(message, secrets({kSecret})), kSignature);
  }
}

TEST(WebhookSignature, IsNotMadeWithoutASecretThatIsOne) {
  EXPECT_FALSE(webhook_signature(kMessage, {}));
  for (const char* text : {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8",
                           "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!"}) {
    const auto made = webhook_signature(kMessage, secrets({text}));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Code::kInvalidInput);
    EXPECT_EQ(made.error().message.find("MfKQ"), std::string::npos) << "errors hold no secret";
  }
}

}  // namespace
}  // namespace seawall
