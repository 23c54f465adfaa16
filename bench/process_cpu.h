#pragma once

namespace seawall::bench {

/// CPU seconds so far of this process and of all that descend from it, ended ones too where their parent has
/// waited for them: a database server that the bench started is counted with its client.
double family_cpu_seconds();

}  // namespace seawall::bench
