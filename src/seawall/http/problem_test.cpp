#include "seawall/http/problem.h"

#include <gtest/gtest.h>

#include "seawall/json/json.h"

namespace seawall {
namespace {

TEST(ProblemDocument, HasTheMembersOfTheContractInItsOrder) {
  const Problem problem{"invalid-input",
                        "The request is wrong",
                        400,
                        "invalid_input",
                        "64 hex digits",
                        "r_0e1VbJ3Zk2",
                        {{"/signals/pdq", "64 hex digits are needed"}}};
  EXPECT_EQ(to_json(problem),
            R"({"type":"/problems/invalid-input","title":"The request is wrong","status":400,)"
            R"("code":"invalid_input","detail":"64 hex digits","request_id":"r_0e1VbJ3Zk2",)"
            R"("errors":[{"at":"/signals/pdq","detail":"64 hex digits are needed"}]})");
}

TEST(ProblemDocument, LeavesOutWhatIsNotThere) {
  EXPECT_EQ(to_json({"a", "b", 404, "c", "d", "", {}}),
            R"({"type":"/problems/a","title":"b","status":404,"code":"c","detail":"d"})");
}

TEST(ProblemDocument, IsJsonWhateverTheTextsHold) {
  Problem problem{"a", "\"\\\n\xff", 400, "c", std::string("\0\x7f", 2), "", {}};
  problem.faults.assign(200, {"?a", "b"});
  const auto read = parse_json(to_json(problem));
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)["errors"].size(), kProblemFaultsMax);
}

}  // namespace
}  // namespace seawall
