// Property: any bytes are read as holidays or refused without a crash; the day on which ten working days end
// is a working day, and ten working days lie after the first up to it.
#include <chrono>
#include <cstdint>
#include <cstdlib>

#include "seawall/oversight_register/working_days.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using std::chrono::days;
  const auto read = seawall::WorkingDays::from_text({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  std::chrono::sys_days day{};
  if (!read->holidays().empty()) day = *read->holidays().begin() - days(3);
  const auto last = std::chrono::floor<days>(read->end_of_day_after(seawall::Time(day), 10));
  unsigned working = 0;
  for (auto one = day + days(1); one <= last; one += days(1)) working += read->is_working(one) ? 1U : 0U;
  if (working != 10 || !read->is_working(last)) std::abort();
  return 0;
}
