#include "seawall/access/operations.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

Identity key(ScopeSet scopes) {
  Identity identity;
  identity.kind = IdentityKind::kKey;
  identity.scopes = scopes;
  return identity;
}
Identity person(RoleSet roles) {
  Identity identity;
  identity.kind = IdentityKind::kPerson;
  identity.roles = roles;
  return identity;
}
constexpr RoleSet kAllRoles = RoleSet::from_bits(31);
constexpr ScopeSet kAllScopes = ScopeSet::from_bits(255);

TEST(Authorise, NeverLetsAKeyApproveOrMakeKeysWhateverItsScopes) {
  const Identity mighty = key(kAllScopes);
  for (const Operation operation :
       {Operation::kApproveRelease, Operation::kApproveRequest, Operation::kCreateKey, Operation::kRotateKey,
        Operation::kRevokeKey, Operation::kKeys}) {
    EXPECT_EQ(authorise(&mighty, operation), AccessRefusal::kPeopleOnly);
  }
  EXPECT_EQ(authorise(&mighty, Operation::kProposeEntry), std::nullopt);
}

TEST(Authorise, AsksForTheScopeOfTheOperation) {
  const Identity matcher = key({Scope::kMatch});
  EXPECT_EQ(authorise(&matcher, Operation::kMatch), std::nullopt);
  EXPECT_EQ(authorise(&matcher, Operation::kHmaLookup), std::nullopt);
  EXPECT_EQ(authorise(&matcher, Operation::kEntry), AccessRefusal::kScopeMissing);
  EXPECT_EQ(authorise(&matcher, Operation::kMetrics), AccessRefusal::kScopeMissing);
}

TEST(Authorise, LetsAnOverseerReadAndChangeNothing) {
  const Identity overseer = person({Role::kOverseer, Role::kViewer});
  EXPECT_EQ(authorise(&overseer, Operation::kObservations), std::nullopt);
  EXPECT_EQ(authorise(&overseer, Operation::kSignOut), std::nullopt);
  for (const OperationRule& rule : operation_rules()) {
    if (rule.kind != OperationKind::kChange || rule.operation == Operation::kSignOut) continue;
    EXPECT_TRUE(authorise(&overseer, rule.operation)) << rule.name;
  }
}

TEST(Authorise, KeepsWhoMakesKeysFromTheListsAndTheOtherWayRound) {
  const Identity administrator = person({Role::kAdministrator});
  const Identity manager = person({Role::kListManager});
  EXPECT_EQ(authorise(&administrator, Operation::kCreateKey), std::nullopt);
  EXPECT_EQ(authorise(&administrator, Operation::kApproveRelease), AccessRefusal::kRoleMissing);
  EXPECT_EQ(authorise(&administrator, Operation::kMatch), AccessRefusal::kRoleMissing);
  EXPECT_EQ(authorise(&manager, Operation::kApproveRelease), std::nullopt);
  EXPECT_EQ(authorise(&manager, Operation::kCreateKey), AccessRefusal::kRoleMissing);
}

TEST(Authorise, LetsNobodyInWithoutAnIdentityButWhereThatIsMeant) {
  const Identity nobody = person({});
  const Identity everybody = person(kAllRoles);
  for (const OperationRule& rule : operation_rules()) {
    const bool open = rule.kind == OperationKind::kOpen || rule.kind == OperationKind::kOpenChange;
    EXPECT_EQ(authorise(nullptr, rule.operation) == std::nullopt, open) << rule.name;
    EXPECT_EQ(authorise(&nobody, rule.operation) == std::nullopt, open) << rule.name;
    if (rule.roles.empty() && !open) {
      EXPECT_EQ(authorise(&everybody, rule.operation), AccessRefusal::kProgramsOnly) << rule.name;
    }
    EXPECT_EQ(operation_named(rule.name), rule.operation);
  }
  EXPECT_EQ(operation_named("no_such"), std::nullopt);
}

TEST(Names, OfScopesAndRolesAreReadBack) {
  for (const Scope scope : all_scopes()) EXPECT_EQ(scope_named(name_of(scope)), scope);
  for (const Role role : all_roles()) EXPECT_EQ(role_named(name_of(role)), role);
  EXPECT_EQ(scope_named("Match"), std::nullopt);
  EXPECT_EQ(role_named(""), std::nullopt);
}

TEST(Refusals, EachHaveTheirOwnWords) {
  for (int i = 1; i <= 21; ++i) {
    const RefusalMeaning& meaning = meaning_of(static_cast<AccessRefusal>(i));
    EXPECT_EQ(static_cast<int>(meaning.refusal), i);
    EXPECT_FALSE(meaning.words.empty());
  }
}

}  // namespace
}  // namespace seawall
