#include "seawall/service/oversight_settings.h"

namespace seawall {

Result<OversightSettings> oversight_settings_from(TomlTable& table) {
  OversightSettings out;
  SEAWALL_TRY(const auto folder, table.text("register"));
  if (!folder || folder->empty())
    return table.wrong("register", "name the folder of the overseers' register");
  out.register_folder = *folder;
  SEAWALL_TRY(const auto tenant, table.text("tenant"));
  if (tenant) out.tenant = *tenant;
  SEAWALL_CHECK(table.finish());
  return out;
}

}  // namespace seawall
