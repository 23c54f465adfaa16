#include "seawall/http/answer.h"

#include "seawall/http/detail/answer_box.h"
#include "seawall/http/problem.h"

namespace seawall {

HttpAnswer text_answer(int status, std::string_view content_type, std::string body) {
  return {status, {{"Content-Type", std::string(content_type)}}, std::move(body), false};
}

HttpAnswer refusal_answer(const HttpRefusal& refusal, std::chrono::seconds retry_after) {
  const auto& meaning = meaning_of(refusal.reason);
  auto answer = text_answer(meaning.status, kProblemType,
                            to_json({std::string(meaning.type),
                                     std::string(meaning.title),
                                     meaning.status,
                                     std::string(meaning.code),
                                     refusal.detail,
                                     "",
                                     {}}));
  if (meaning.status == 503) answer.fields.emplace_back("Retry-After", std::to_string(retry_after.count()));
  return answer;
}

HttpResponder& HttpResponder::operator=(HttpResponder&& other) noexcept {
  if (this != &other) {
    HttpResponder ended(std::move(*this));
    box_ = std::move(other.box_);
    connection_ = other.connection_;
    request_ = other.request_;
  }
  return *this;
}

HttpResponder::~HttpResponder() {
  if (box_ != nullptr) box_->put({connection_, request_, std::nullopt, std::nullopt});
}

void HttpResponder::send(HttpAnswer answer) && {
  const auto box = std::exchange(box_, nullptr);
  if (box != nullptr) box->put({connection_, request_, std::move(answer), std::nullopt});
}

void HttpDecider::decide(std::variant<HttpAdmission, HttpAnswer> decision) && {
  if (auto* answer = std::get_if<HttpAnswer>(&decision))
    return std::move(responder_).send(std::move(*answer));
  const auto box = std::exchange(responder_.box_, nullptr);
  if (box == nullptr) return;
  box->put({responder_.connection_, responder_.request_, std::nullopt,
            std::move(std::get<HttpAdmission>(decision))});
}

void AnswerBox::put(AnswerLetter letter) {
  const std::scoped_lock lock(mutex_);
  if (!wake_) return;
  const bool asleep = letters_.empty();
  letters_.push_back(std::move(letter));
  if (asleep) wake_();
}

std::vector<AnswerLetter> AnswerBox::take() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(letters_, {});
}

void AnswerBox::close() {
  std::vector<AnswerLetter> late;
  const std::scoped_lock lock(mutex_);
  wake_ = nullptr;
  late.swap(letters_);
}

}  // namespace seawall
