#include "seawall/http/request.h"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "seawall/http/detail/chunk_decoder.h"
#include "seawall/http/detail/wire_parser.h"

namespace seawall {
namespace {

int status_of(const std::string& head, const HttpHeadLimits& limits = {}) {
  const auto read = read_http_head(head, limits);
  const auto* refused = std::get_if<HttpRefusal>(&read);
  if (refused != nullptr) return meaning_of(refused->reason).status;
  return beast_agrees(head, std::get<HttpHead>(read)) ? 200 : 400;
}

std::string get(std::string_view headers) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}
std::string post(std::string_view headers) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

TEST(HttpHead, GivesWhatWasAsked) {
  const std::string text =
      "POST /v1/match?a=1 HTTP/1.1\r\nHOST: seawall.example:8443\r\nX-Empty:\r\n"
      "Content-Length: 12\r\nExpect: 100-Continue\r\nx-a:\t b c \t\r\n\r\n";
  auto read = read_http_head(text, {});
  ASSERT_TRUE(std::holds_alternative<HttpHead>(read));
  const HttpHead head = std::get<HttpHead>(std::move(read));
  EXPECT_EQ(head.method(), HttpMethod::kPost);
  EXPECT_EQ(head.target(), "/v1/match?a=1");
  EXPECT_EQ(head.path(), "/v1/match");
  EXPECT_EQ(head.field("host"), "seawall.example:8443");
  EXPECT_EQ(head.field("x-empty"), "");
  EXPECT_EQ(head.field("x-a"), "b c");
  EXPECT_FALSE(head.field("x-b"));
  EXPECT_EQ(head.content_length(), 12u);
  EXPECT_TRUE(head.has_body() && head.expects_continue() && head.keeps_alive() && !head.is_chunked());
  EXPECT_EQ(head.field_count(), 5u);
  EXPECT_EQ(head.field_at(1).name, "x-empty");
}

TEST(HttpHead, TakesWhatTheRfcAllows) {
  for (const std::string& head :
       {get(""), post("Content-Length: 0\r\n"), post("Transfer-Encoding: Chunked\r\n"),
        std::string("GET / HTTP/1.0\r\n\r\n"), std::string("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string("GET http://a/x HTTP/1.1\r\nHost: A\r\n\r\n"),
        std::string("GET /%00%zz?&&== HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), get("X: \x80\xff\r\n"),
        get("X:\r\n"), get("Content-Encoding: identity\r\n"), get("Connection: close, x\r\n")}) {
    EXPECT_EQ(status_of(head), 200) << head;
  }
}

TEST(HttpHead, RefusesWhatTwoServersCouldFrameDifferently) {
  for (const std::string& head : {post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
                                  post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
                                  post("Content-Length: 5\r\nContent-Length: 5\r\n"),
                                  post("Content-Length: 5\r\nContent-Length: 6\r\n"),
                                  post("Content-Length: 5, 5\r\n"),
                                  post("Content-Length: +5\r\n"),
                                  post("Content-Length: -5\r\n"),
                                  post("Content-Length: 0x5\r\n"),
                                  post("Content-Length: 5 \x0b\r\n"),
                                  post("Content-Length:\r\n"),
                                  post("Content-Length: 5a\r\n"),
                                  post("Content-Length: 99999999999999999999\r\n"),
                                  post("Content-Length : 5\r\n"),
                                  post("Content-Length\t: 5\r\n"),
                                  post(" Content-Length: 5\r\n"),
                                  post("X: 1\r\n Content-Length: 5\r\n"),
                                  post("Content-Length: 5\n"),
                                  post("X: 1\rContent-Length: 5\r\n"),
                                  post("X: 1\nContent-Length: 5\r\n"),
                                  post("Transfer-Encoding: chunked, chunked\r\n"),
                                  post("Transfer-Encoding: gzip, chunked\r\n"),
                                  post("Transfer-Encoding: identity\r\n"),
                                  post("Transfer-Encoding: chunked, identity\r\n"),
                                  post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
                                  std::string("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
                                  post(std::string("X: \0\r\n", 6)),
                                  post(":a\r\n"),
                                  post("Con tent: 1\r\n"),
                                  post("Nothing\r\n"),
                                  get("Host: b\r\n"),
                                  get("Authorization: a\r\nauthorization: b\r\n"),
                                  get("Cookie: a\r\nCookie: b\r\n")}) {
    EXPECT_EQ(status_of(head), 400) << head;
  }
  EXPECT_EQ(status_of(post("Transfer-Encoding: gzip\r\n")), 501);
  EXPECT_EQ(status_of(post("Transfer-Encoding: xchunked\r\n")), 501);
}

TEST(HttpHead, RefusesOtherRequestLines) {
  const std::string end = "Host: a\r\n\r\n";
  for (const char* line :
       {"GET /\r\n", "GET  / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n", " GET / HTTP/1.1\r\n",
        "GET\t/ HTTP/1.1\r\n", "GET / http/1.1\r\n", "GET / HTTP/1.1\n", "GET x HTTP/1.1\r\n",
        "GET /a b HTTP/1.1\r\n", "GET /\x80 HTTP/1.1\r\n", "GET /#a HTTP/1.1\r\n", "GET * HTTP/1.1\r\n",
        "G@T / HTTP/1.1\r\n", "GET http://b/ HTTP/1.1\r\n", "GET http:/// HTTP/1.1\r\n",
        "GET http://a HTTP/1.1\r\n", "GET / HTTP/11\r\n", "GET / HTTP/1.1x\r\n", "\r\n"}) {
    EXPECT_EQ(status_of(line + end), 400) << line;
  }
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400) << "no Host";
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400);
  for (const char* method : {"CONNECT", "TRACE", "get", "BREW"}) {
    EXPECT_EQ(status_of(method + (" / HTTP/1.1\r\n" + end)), 501) << method;
  }
  for (const char* version : {"HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/3.0"}) {
    EXPECT_EQ(status_of("GET / " + (version + ("\r\n" + end))), 505) << version;
  }
  EXPECT_EQ(status_of(get("Content-Encoding: gzip\r\n")), 415);
  EXPECT_EQ(status_of(get("Expect: a-miracle\r\n")), 417);
}

TEST(HttpHead, StopsAtItsLimits) {
  const auto of_target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  EXPECT_EQ(status_of(of_target(8192)), 200);
  EXPECT_EQ(status_of(of_target(8193)), 414);
  std::string many;
  for (int i = 0; i < 99; ++i) many += "X: 1\r\n";
  EXPECT_EQ(status_of(get(many)), 200);
  EXPECT_EQ(status_of(get(many + "X: 1\r\n")), 431);
  const auto of_size = [](std::size_t size) {
    return get("X: " + std::string(size - get("X: \r\n").size(), 'a') + "\r\n");
  };
  EXPECT_EQ(status_of(of_size(16 * 1024)), 200);
  EXPECT_EQ(status_of(of_size(16 * 1024 + 1)), 431);
}

TEST(HttpHead, RefusesHeadsThatHaveNotEndedAsSoonAsItCan) {
  const HttpHeadLimits limits;
  const auto status = [&](const std::string& begun) {
    const auto refused = refusal_of_partial_head(begun, limits);
    return refused ? meaning_of(refused->reason).status : 0;
  };
  EXPECT_EQ(status(""), 0);
  EXPECT_EQ(status("GE"), 0);
  EXPECT_EQ(status("GET /" + std::string(8000, 'a')), 0);
  EXPECT_EQ(status("GET /" + std::string(9000, 'a')), 414);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + std::string(16000, 'a')), 0);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + std::string(17000, 'a')), 431);
  EXPECT_EQ(status("\x16\x03\x01"), 400) << "TLS on a plain port";
}

TEST(HttpHead, ClosesByDefaultInHttp10AndWhenOneOfTheConnectionHeadersSaysSo) {
  const auto keeps = [](const std::string& text) {
    return std::get<HttpHead>(read_http_head(text, {})).keeps_alive();
  };
  EXPECT_TRUE(keeps(get("")));
  EXPECT_FALSE(keeps(get("Connection: Close\r\n")));
  EXPECT_FALSE(keeps(get("Connection: keep-alive\r\nConnection: close\r\n")));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

ChunkDecoder::State decode(std::string_view chunks, BodyBytes& body, std::size_t piece) {
  ChunkDecoder decoder;
  for (; !chunks.empty(); chunks.remove_prefix(std::min(piece, chunks.size()))) {
    const auto bytes = chunks.substr(0, piece);
    const auto step = decoder.decode(bytes, body);
    if (step.state != ChunkDecoder::State::kNeedsMore) return step.state;
    EXPECT_EQ(step.consumed, bytes.size());
  }
  return ChunkDecoder::State::kNeedsMore;
}

TEST(ChunkDecoder, DecodesChunksHoweverTheyAreCut) {
  const std::string_view chunks = "3\r\nabc\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
  for (std::size_t piece = 1; piece <= chunks.size(); ++piece) {
    BodyBytes body(100, false);
    EXPECT_EQ(decode(chunks, body, piece), ChunkDecoder::State::kDone) << piece;
    EXPECT_EQ(body.text(), "abc0123456789");
  }
}

TEST(ChunkDecoder, TakesAnEmptyBodyThatComesByteByByte) {
  // Beast 1.74's decoder ends the program on this.
  for (std::size_t piece = 1; piece <= 5; ++piece) {
    BodyBytes body(5, false);
    EXPECT_EQ(decode("0\r\n\r\n", body, piece), ChunkDecoder::State::kDone) << piece;
    EXPECT_EQ(body.size(), 0u);
  }
}

TEST(ChunkDecoder, RefusesMalformedAndTooLargeChunks) {
  for (const std::string& chunks :
       {std::string("x\r\n"), std::string("\r\n\r\n"), std::string("-1\r\nabc"),
        std::string("3\r\nabcd\r\n0\r\n\r\n"), std::string("11111111111111111\r\nabc"),
        std::string("3\nabc\n0\n\n\r\n\r\n"), std::string("0x3\r\nabc\r\n\r\n"),
        "3;x=" + std::string(2000, 'y') + "\r\nabc\r\n0\r\n\r\n",
        std::string("3\r\nabc\r\n0\r\nbad trailer\r\n\r\n"),
        std::string("3\r\nabc\r\n0\r\n folded: x\r\n\r\n"), std::string("3 \r\nabc\r\n0\r\n\r\n")}) {
    BodyBytes body(100, false);
    EXPECT_EQ(decode(chunks, body, chunks.size()), ChunkDecoder::State::kBad) << chunks;
  }
  std::string trailers = "0\r\n";
  for (std::size_t i = 0; i < ChunkDecoder::kTrailersMax; ++i) trailers += "T: x\r\n";
  BodyBytes none(0, false);
  EXPECT_EQ(decode(trailers + "\r\n", none, 100), ChunkDecoder::State::kDone);
  EXPECT_EQ(decode(trailers + "T: x\r\n\r\n", none, 100), ChunkDecoder::State::kBad);
  EXPECT_EQ(decode("0\r\nT: " + std::string(5000, 'x'), none, 100), ChunkDecoder::State::kBad);
  BodyBytes body(5, false);
  EXPECT_EQ(decode("3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n", body, 100), ChunkDecoder::State::kTooLarge);
  EXPECT_EQ(body.size(), 5u);
}

TEST(BodyBytes, GrowsToItsLimitWhetherSecretOrNot) {
  for (const bool secret : {false, true}) {
    BodyBytes body(300'000, secret);
    std::string all;
    for (int i = 0; all.size() + 7777 <= 300'000; ++i) {
      const std::string piece(7777, static_cast<char>('a' + i % 26));
      ASSERT_TRUE(body.append(std::as_bytes(std::span(piece))));
      all += piece;
    }
    EXPECT_EQ(body.text(), all);
    EXPECT_FALSE(body.append(std::vector<std::byte>(7777)));
    EXPECT_TRUE(body.is_full());
    const BodyBytes moved = std::move(body);
    EXPECT_EQ(moved.text().substr(0, all.size()), all);
  }
}

TEST(BodyBytes, OfALargePromiseTakesNoMoreThanWhatCame) {
  BodyBytes body(std::size_t{1} << 40, true);
  ASSERT_TRUE(body.append(std::vector<std::byte>(10)));
  EXPECT_EQ(body.size(), 10u);
  EXPECT_LE(body.room(std::size_t{1} << 30).size(), std::size_t{4} << 20);
}

}  // namespace
}  // namespace seawall
