#include "seawall/service/list_calls.h"

namespace seawall {

void ListCalls::serve(ServedOperations& operations) {
  banks_.serve(operations);
  entries_.serve(operations);
  releases_.serve(operations);
  requests_.serve(operations);
  feedback_.serve(operations);
  observations_.serve(operations);
}

}  // namespace seawall
