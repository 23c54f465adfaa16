#include "seawall/cli/commands.h"

#include <vector>

#include "seawall/cli/access_commands.h"
#include "seawall/cli/audit_commands.h"
#include "seawall/cli/bank_commands.h"
#include "seawall/cli/db_commands.h"
#include "seawall/cli/doctor_command.h"
#include "seawall/cli/explain_command.h"
#include "seawall/cli/follow_command.h"
#include "seawall/cli/hash_command.h"
#include "seawall/cli/lists_commands.h"
#include "seawall/cli/log_commands.h"
#include "seawall/cli/match_command.h"
#include "seawall/cli/observation_commands.h"
#include "seawall/cli/oversee_commands.h"
#include "seawall/cli/person_commands.h"
#include "seawall/cli/retention_commands.h"
#include "seawall/cli/retro_command.h"
#include "seawall/cli/scan_command.h"
#include "seawall/cli/self_commands.h"
#include "seawall/cli/serve_command.h"
#include "seawall/cli/similar_command.h"
#include "seawall/cli/stream_commands.h"
#include "seawall/cli/subscribe_commands.h"
#include "seawall/cli/vault_commands.h"

namespace seawall::cli {

namespace {

using Commands = std::vector<const CommandSpec*>;

// Pictures, and banks that are folders.
Commands picture_commands() {
  return {
      &hash_command(),          //
      &bank_create_command(),   //
      &bank_add_command(),      //
      &bank_import_command(),   //
      &bank_remove_command(),   //
      &bank_export_command(),   //
      &bank_show_command(),     //
      &bank_verify_command(),   //
      &match_command(),         //
      &explain_command(),       //
      &scan_command(),          //
      &scan_report_command(),   //
      &similar_command(),       //
      &stream_watch_command(),  //
  };
}

// The list store, and what follows it.
Commands list_commands() {
  return {
      &db_create_command(),              //
      &db_migrate_command(),             //
      &db_backup_command(),              //
      &db_restore_command(),             //
      &db_check_command(),               //
      &lists_create_command(),           //
      &lists_banks_command(),            //
      &lists_sources_command(),          //
      &lists_set_command(),              //
      &lists_trace_command(),            //
      &lists_import_command(),           //
      &lists_export_command(),           //
      &lists_formats_command(),          //
      &lists_releases_command(),         //
      &lists_show_command(),             //
      &lists_stage_command(),            //
      &lists_approve_command(),          //
      &lists_activate_command(),         //
      &lists_reject_command(),           //
      &lists_take_back_command(),        //
      &lists_entry_command(),            //
      &lists_history_command(),          //
      &lists_add_command(),              //
      &lists_withdraw_command(),         //
      &lists_quarantine_command(),       //
      &lists_end_quarantine_command(),   //
      &lists_requests_command(),         //
      &lists_request_command(),          //
      &lists_approve_request_command(),  //
      &lists_drop_request_command(),     //
      &lists_alerts_command(),           //
      &lists_accept_alert_command(),     //
      &lists_close_alert_command(),      //
      &lists_decide_command(),           //
      &lists_decisions_command(),        //
      &lists_precision_command(),        //
      &lists_outbox_command(),           //
      &lists_version_command(),          //
      &lists_follow_command(),           //
      &lists_match_command(),            //
      &retro_match_command(),            //
      &observations_show_command(),      //
      &observations_retain_command(),    //
      &observations_tidy_command(),      //
      &observations_check_command(),     //
      &subscribe_run_command(),          //
      &subscribe_status_command(),       //
      &subscribe_check_command(),        //
  };
}

// The look-up service, and who may use it.
Commands access_commands() {
  return {
      &serve_command(),                          //
      &doctor_command(),                         //
      &access_init_command(),                    //
      &keys_create_command(),                    //
      &keys_list_command(),                      //
      &keys_show_command(),                      //
      &keys_rotate_command(),                    //
      &keys_revoke_command(),                    //
      &accounts_create_command(),                //
      &accounts_list_command(),                  //
      &accounts_set_roles_command(),             //
      &accounts_disable_command(),               //
      &accounts_enable_command(),                //
      &accounts_password_command(),              //
      &accounts_second_factor_command(),         //
      &accounts_remove_second_factor_command(),  //
  };
}

// The transparency log, and those who watch it.
Commands log_commands() {
  return {
      &log_keygen_command(),     //
      &log_record_command(),     //
      &log_run_command(),        //
      &log_sign_command(),       //
      &witness_command(),        //
      &audit_verify_command(),   //
      &audit_prove_command(),    //
      &audit_check_command(),    //
      &audit_inspect_command(),  //
      &audit_mirror_command(),   //
  };
}

// People's keys, who they are, and orders.
Commands order_commands() {
  return {
      &person_new_command(),          //
      &person_show_command(),         //
      &roster_init_command(),         //
      &roster_add_command(),          //
      &roster_set_roles_command(),    //
      &roster_replace_key_command(),  //
      &roster_withdraw_command(),     //
      &roster_sign_command(),         //
      &roster_show_command(),         //
      &orders_apply_command(),        //
      &orders_review_command(),       //
      &orders_issue_command(),        //
      &orders_refuse_command(),       //
      &orders_urgent_command(),       //
      &orders_confirm_command(),      //
      &orders_sign_command(),         //
      &orders_renew_command(),        //
      &orders_cancel_command(),       //
      &orders_extend_command(),       //
      &orders_open_command(),         //
      &orders_show_command(),         //
      &orders_list_command(),         //
      &orders_waiting_command(),      //
      &orders_due_command(),          //
  };
}

// The keys of records, and who holds them.
Commands vault_commands() {
  return {
      &keys_vault_init_command(),    //
      &keys_serve_command(),         //
      &keys_root_new_command(),      //
      &keys_record_command(),        //
      &keys_unwrap_command(),        //
      &keys_export_command(),        //
      &keys_hand_in_command(),       //
      &keys_status_command(),        //
      &keys_limits_command(),        //
      &keys_backup_command(),        //
      &keys_restore_command(),       //
      &keys_tenant_command(),        //
      &keys_destroy_command(),       //
      &keys_renew_tenant_command(),  //
      &keys_freeze_command(),        //
      &keys_unfreeze_command(),      //
      &keys_canary_command(),        //
      &keys_reroot_command(),        //
      &keys_sign_command(),          //
  };
}

// How long what is kept is kept.
Commands retention_commands() {
  return {
      &retention_explain_command(),   //
      &retention_simulate_command(),  //
      &retention_run_command(),       //
      &retention_check_command(),     //
      &retention_hold_command(),      //
      &retention_lift_command(),      //
      &retention_holds_command(),     //
  };
}

// What overseers ask.
Commands oversee_commands() {
  return {
      &oversee_query_command(),            //
      &oversee_record_error_command(),     //
      &oversee_report_error_command(),     //
      &oversee_tell_concerned_command(),   //
      &oversee_errors_command(),           //
      &oversee_recommend_command(),        //
      &oversee_answer_command(),           //
      &oversee_regrade_command(),          //
      &oversee_recommendations_command(),  //
      &oversee_report_command(),           //
      &oversee_draw_frame_command(),       //
      &oversee_draw_enter_command(),       //
      &oversee_draw_make_command(),        //
      &oversee_draw_verify_command(),      //
  };
}

// The texts of the program about itself.
Commands self_commands() {
  return {
      &completion_command(),  //
      &man_command(),         //
  };
}

}  // namespace

std::span<const CommandSpec* const> all_commands() {
  static const Commands kCommands = [] {
    Commands all;
    for (const Commands& part :
         {picture_commands(), list_commands(), access_commands(), order_commands(), log_commands(),
          vault_commands(), retention_commands(), oversee_commands(), self_commands()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return kCommands;
}

}  // namespace seawall::cli
