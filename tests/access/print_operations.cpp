// Prints the table of who may do what, for contract_test.py: name, kind, scopes, roles; tabs between.
#include <cstdio>

#include "seawall/access/operations.h"

namespace {

template <class Members, class Set>
void print_names(const Members& members, const Set& set) {
  const char* comma = "";
  for (const auto member : members) {
    if (!set.has(member)) continue;
    const auto name = name_of(member);
    std::printf("%s%.*s", comma, static_cast<int>(name.size()), name.data());
    comma = ",";
  }
}

}  // namespace

int main() {
  for (const seawall::OperationRule& rule : seawall::operation_rules()) {
    const bool open =
        rule.kind == seawall::OperationKind::kOpen || rule.kind == seawall::OperationKind::kOpenChange;
    const bool get = rule.kind == seawall::OperationKind::kOpen || rule.kind == seawall::OperationKind::kRead;
    std::printf("%.*s\t%s\t%s\t", static_cast<int>(rule.name.size()), rule.name.data(),
                get ? "get" : "change", open ? "open" : "closed");
    print_names(seawall::all_scopes(), rule.scopes);
    std::printf("\t");
    print_names(seawall::all_roles(), rule.roles);
    std::printf("\n");
  }
  return 0;
}
