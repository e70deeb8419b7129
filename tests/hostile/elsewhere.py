"""Rows that other folders run, and rows that cannot concern Todoke yet, each with the exact reason.

`BY_OTHERS`: tests that bear another name; the coverage table fails when one of them is gone. `NOT_YET`: what is
missing in the product, so that the row has nothing to hit. `PARTLY`: what a row asks beyond its tests.
"""

from collections.abc import Mapping

_HANDOVER = "tests/casework/handover/"
_FOUNDATION = "tests/foundation/"
_WEB = "tests/web/"
_SECOND = f"{_WEB}test_second_step.py::"
_MEMBER = f"{_WEB}test_staff_member.py::"
_EXPORTS = f"{_WEB}test_long_exports.py::"
_SURVEY = f"{_WEB}board/test_steps.py::"
_KEYS = f"{_FOUNDATION}test_key_rotation.py::"
_DISRUPTIONS = "tests/faults/test_disruptions.py::"

BY_OTHERS: Mapping[str, tuple[str, ...]] = {
    "E06": (
        f"{_HANDOVER}test_folder.py::test_the_file_comes_whole_and_its_mark_last",
        f"{_HANDOVER}test_folder.py::test_what_was_left_half_done_is_finished",
    ),
    "E07": (f"{_HANDOVER}test_folder.py::test_a_full_disk_means_away_and_leaves_nothing",),
    "E08": (
        f"{_HANDOVER}test_faults.py::test_rows_that_the_core_refuses_go_back_to_the_clerk_with_its_words",
    ),
    "E09": (
        f"{_HANDOVER}test_holds.py::TestWho::test_the_second_of_two_clerks_is_told_so_and_nothing_is_sent_twice",
    ),
    "E10": (
        f"{_HANDOVER}test_handing_over.py::test_a_case_that_changed_after_its_row_was_built_is_built_anew",
    ),
    "E12": (
        f"{_HANDOVER}test_rules.py::test_what_the_core_lacks_what_it_should_not_have_and_what_differs_are_named",
        f"{_HANDOVER}test_faults.py::test_a_row_that_the_core_holds_with_other_content_is_not_accepted",
        f"{_WEB}test_daily.py::test_ledgers_that_disagree_make_it_red_and_change_nothing",
        f"{_WEB}test_daily.py::test_a_report_is_made_once_written_once_and_names_nobody",
        "tests/casework/daily/test_daily_rules.py::test_what_somebody_must_mend_is_red",
    ),
    "E13": (f"{_HANDOVER}test_folder.py::test_a_folder_that_is_not_registered_by_its_whole_path_is_refused",),
    "F01": ("tests/faults/test_kills.py::test_blows_at_any_moment_end_in_the_same_summary",),
    "F02": (
        "tests/cli/test_work.py::test_a_worker_outlives_a_database_that_is_away_and_goes_on_when_it_is_back",
    ),
    "F03": (
        "tests/faults/test_planted.py::test_nothing_is_committed_before_its_bytes_and_names_are_durable",
        f"{_DISRUPTIONS}test_power_cuts_leave_everything_that_was_acknowledged",
    ),
    "F05": (
        f"{_FOUNDATION}test_durable.py::test_a_disk_that_refuses_leaves_no_draft",
        f"{_HANDOVER}test_folder.py::test_a_full_disk_means_away_and_leaves_nothing",
        f"{_WEB}test_cannot_store.py::test_a_full_or_read_only_disk_stands_on_every_page_and_goes_by_itself",
        f"{_WEB}test_cannot_store.py::test_a_database_that_takes_nothing_is_told_of_and_what_was_typed_is_refused",
    ),
    "F07": (
        f"{_DISRUPTIONS}test_a_full_disk_wherever_it_is_refuses_and_goes_on_when_there_is_room",
        f"{_DISRUPTIONS}test_figures_on_a_full_disk_kill_no_process",
    ),
    "F13": (
        f"{_DISRUPTIONS}test_clocks_that_jump_lose_and_double_nothing",
        f"{_SECOND}test_a_clock_that_is_put_back_lets_no_old_code_in",
    ),
    "F06": (
        f"{_FOUNDATION}test_vault.py::test_a_failed_fsync_acknowledges_nothing_and_the_segment_is_not_used_again",
    ),
    "F08": (
        f"{_WEB}test_lookout.py::test_a_place_for_originals_that_cannot_be_written_is_not_ready",
        f"{_WEB}test_lookout.py::test_a_place_for_originals_that_hangs_is_not_ready_and_holds_no_probe",
        f"{_DISRUPTIONS}test_a_disk_that_hangs_is_told_holds_one_thread_and_loses_nothing",
    ),
    "F09": (
        f"{_DISRUPTIONS}test_a_row_that_the_database_refuses_waits_alone_and_goes_on_when_the_cause_is_gone",
        "tests/cli/test_work.py::test_a_job_whose_connection_is_lost_is_tried_again_without_a_rest",
        f"{_FOUNDATION}test_courtesy.py::test_it_gives_way_for_long_after_another_has_written",
    ),
    "F10": (
        "tests/faults/test_planted.py::test_an_unfenced_lease_is_caught_by_one_frozen_worker",
        f"{_FOUNDATION}test_leases.py::test_the_row_of_a_dead_worker_comes_back_and_the_dead_one_is_fenced_off",
        f"{_HANDOVER}test_handing_over.py::test_the_late_worker_writes_nothing",
        "tests/faults/test_kills.py::test_blows_at_any_moment_end_in_the_same_summary",
    ),
    "F12": (
        f"{_DISRUPTIONS}test_three_days_without_a_worker_are_caught_up_once_by_two_of_them",
        f"{_HANDOVER}test_handing_over.py::test_running_every_job_twice_changes_nothing",
        "tests/casework/notify/test_telling.py::test_running_the_jobs_again_tells_nothing_more",
        "tests/casework/relay/test_pulling.py::test_a_run_that_died_is_taken_over_when_its_lease_ends",
    ),
    "F15": (
        f"{_DISRUPTIONS}test_a_network_that_fails_in_every_way_loses_and_doubles_nothing",
        f"{_HANDOVER}test_faults.py::test_a_core_system_that_fails_for_a_while_loses_and_doubles_nothing",
        f"{_HANDOVER}test_faults.py::test_while_the_core_is_away_no_batch_is_parked_and_each_is_asked_for_less_often",
        f"{_HANDOVER}test_faults.py::test_a_core_system_that_answers_garbage_counts_as_away",
    ),
    "F16": (
        f"{_HANDOVER}test_faults.py::test_of_a_batch_that_is_acknowledged_in_part_only_the_rest_is_sent_again",
    ),
    "F17": (
        f"{_HANDOVER}test_faults.py::test_a_key_that_nobody_sent_is_an_alarm_and_changes_nothing",
        f"{_HANDOVER}test_faults.py::test_a_second_word_on_a_row_is_ignored_or_alarms_and_never_changes_it",
    ),
    "F19": (
        "tests/casework/relay/test_pulling.py::test_a_portal_that_stalls_is_left_after_the_profiles_seconds",
        f"{_WEB}test_cannot_store.py::test_F19_whoever_sends_a_form_slowly_takes_no_turn_to_write",
    ),
    "F22": (
        f"{_DISRUPTIONS}test_without_the_right_key_everything_waits_unjudged",
        f"{_FOUNDATION}test_vault.py::test_a_wrong_or_missing_master_key_is_refused",
        f"{_WEB}test_lookout.py::test_a_key_that_is_no_key_is_not_ready",
        f"{_KEYS}test_both_versions_are_read_while_originals_are_wrapped_anew",
        f"{_KEYS}test_a_lost_version_is_named_with_its_file",
    ),
    "F23": (
        f"{_WEB}test_lookout.py::test_a_database_of_another_version_is_not_ready",
        f"{_WEB}test_lookout.py::test_F23_old_code_on_a_newer_database_is_not_ready_and_begins_nothing",
    ),
    "F24": (
        f"{_DISRUPTIONS}test_a_flipped_bit_is_found_and_harms_no_other_original",
        f"{_FOUNDATION}test_mending.py::test_what_the_night_found_is_damaged_no_more_once_it_was_put_back",
        f"{_FOUNDATION}test_mending.py::test_an_older_set_serves_where_the_newer_one_has_copied_the_damage",
        f"{_FOUNDATION}test_audit.py::test_the_stand_alone_verifier_names_the_edited_row",
    ),
    "F26": (
        f"{_DISRUPTIONS}test_little_memory_ends_no_application",
        f"{_FOUNDATION}test_confined.py::test_one_processor_and_few_descriptors_are_enough",
        "tests/casework/relay/test_large_packages.py::test_500_megabytes_pass_in_bounded_memory",
    ),
    "F27": (
        "tests/cli/test_work.py::test_a_worker_that_is_told_to_stop_ends_after_the_batch_at_hand",
        "tests/cli/test_work.py::test_sigterm_ends_a_worker_with_zero",
        "tests/cli/test_work.py::test_a_drain_works_until_nothing_is_left",
    ),
    "W01": (
        "tests/architecture/test_who_may_open_what.py::test_an_object_of_another_body_does_not_exist_here",
        "tests/architecture/test_roles.py::test_a_role_reaches_what_its_rights_grant_and_nothing_else",
    ),
    "W07": (
        f"{_WEB}test_files.py::test_a_file_is_served_with_our_own_type_and_a_name_that_breaks_no_header",
    ),
    "W08": (f"{_WEB}test_headers.py::test_no_file_name_breaks_the_header",),
    "W09": (f"{_WEB}test_entrance.py::test_a_next_page_elsewhere_leads_home",),
    "W10": (
        f"{_WEB}test_entrance.py::test_a_new_password_ends_every_other_session",
        f"{_SECOND}test_a_stolen_cookie_gets_no_further_than_the_question",
        f"{_SECOND}test_after_a_while_a_sensitive_act_asks_again_and_loses_nothing",
        f"{_SECOND}test_a_file_that_leaves_by_a_link_asks_on_a_page_of_its_own",
        f"{_SECOND}test_one_sees_where_one_is_signed_in_and_ends_it_there",
    ),
    "W13": (
        f"{_SECOND}test_a_code_works_once_and_within_one_step_only",
        f"{_SECOND}test_a_clock_that_is_put_back_lets_no_old_code_in",
        f"{_SECOND}test_five_wrong_codes_stop_the_right_one_too_from_any_terminal",
        f"{_FOUNDATION}test_entrance_rules.py::test_the_codes_are_those_of_the_rfc",
        f"{_FOUNDATION}test_entrance_rules.py::test_a_step_that_was_used_and_those_before_count_no_more",
    ),
    "W14": ("tests/architecture/test_who_may_open_what.py::test_rights_that_end_end_at_once",),
    "W16": (f"{_WEB}test_packages.py::test_reprocessing_happens_once_however_often_the_button_is_pressed",),
    "W23": (
        f"{_EXPORTS}test_a_long_list_leads_to_the_request_and_a_short_one_leaves_alone",
        f"{_EXPORTS}test_it_leaves_once_another_has_agreed_and_only_to_who_asked",
        f"{_EXPORTS}test_the_hours_end",
        f"{_EXPORTS}test_nobody_agrees_to_their_own_request",
    ),
    "W30": (
        f"{_SECOND}test_a_manager_resets_a_lost_second_step_with_a_reason_that_stays",
        f"{_SECOND}test_a_recovery_code_stands_in_once",
        f"{_MEMBER}test_an_account_ends_after_its_last_day_and_the_night_ends_what_browsers_hold",
        f"{_MEMBER}test_an_appointment_ends_after_its_last_day_and_the_others_stay",
        f"{_MEMBER}test_somebody_always_manages_staff",
        f"{_MEMBER}test_the_server_gives_a_way_back_in_when_nobody_can_sign_in",
        f"{_WEB}test_staff.py::test_nobody_ends_their_own_access",
        f"{_WEB}test_staff.py::test_a_colleague_gets_a_link_and_chooses_the_password",
    ),
    "W31": (f"{_FOUNDATION}test_logs.py::test_nothing_from_outside_forges_a_line",),
    "P02": (
        f"{_WEB}test_entrance.py::test_a_one_time_link_is_used_by_its_button_and_only_once",
        f"{_WEB}test_entrance.py::test_a_link_expires",
        f"{_SURVEY}test_a_code_works_once_and_a_wrong_one_loses_no_answer",
        f"{_SURVEY}test_whoever_guesses_codes_is_stopped_even_with_a_right_one",
        f"{_SURVEY}test_a_code_of_one_body_answers_nothing_at_another",
    ),
    "P16": (
        f"{_SURVEY}test_whoever_guesses_codes_is_stopped_even_with_a_right_one",
        f"{_FOUNDATION}test_accounts.py::test_P16_a_flood_of_names_leaves_nothing_behind_that_counts_no_more",
    ),
    "U01": (
        "tests/hostile/test_operation.py::test_what_is_not_what_the_lock_says_is_not_installed",
        f"{_WEB}test_lookout.py::test_F23_old_code_on_a_newer_database_is_not_ready_and_begins_nothing",
    ),
    "U02": (
        f"{_WEB}test_lookout.py::test_a_database_of_another_version_is_not_ready",
        f"{_WEB}test_lookout.py::test_F23_old_code_on_a_newer_database_is_not_ready_and_begins_nothing",
    ),
    "U04": (
        f"{_FOUNDATION}test_backup.py::test_a_damaged_or_missing_file_is_found_the_same_night",
        f"{_FOUNDATION}test_backup.py::test_a_set_with_a_missing_piece_is_not_half_restored",
        f"{_FOUNDATION}test_backup.py::test_another_key_opens_nothing",
    ),
    "U06": (f"{_FOUNDATION}test_backup.py::test_nothing_in_a_set_can_be_read_without_the_key",),
    "U10": (
        f"{_KEYS}test_a_change_killed_after_any_step_goes_on_where_it_was",
        f"{_KEYS}test_a_change_of_the_master_key_killed_anywhere_goes_on",
        f"{_KEYS}test_a_change_of_the_seals_key_killed_anywhere_goes_on",
        f"{_KEYS}test_both_versions_are_read_while_originals_are_wrapped_anew",
        f"{_KEYS}test_the_old_key_goes_only_when_nothing_needs_it",
        f"{_KEYS}test_seals_before_and_after_a_change_of_their_key_hold",
    ),
    "U09": (f"{_FOUNDATION}test_audit.py::test_logs_that_nobody_can_keep_cost_no_audit_entry",),
    "U07": (
        f"{_FOUNDATION}test_audit.py::test_the_database_refuses_to_change_the_audit",
        f"{_SECOND}test_a_clock_that_is_put_back_lets_no_old_code_in",
        f"{_FOUNDATION}test_audit.py::test_the_stand_alone_verifier_names_the_edited_row",
    ),
}

_PAGES = "住民・公衆の画面（src/todoke/web/public）がない（職員調査の回答画面だけが、職員の画面と同じホストにある）"
_LETTERS = "募集情報の配信登録（commons/subscriptions）とメール送信がない"
_MAIL = "メールを送る部品（notify のメール）がない。申請者へはポータルの処理状況、職員へは画面で知らせる"
NOT_YET: Mapping[str, str] = {
    "F14": _MAIL,
    "P01": _LETTERS,
    "P03": _LETTERS,
    "P04": _LETTERS,
    "P05": _LETTERS,
    "P06": _LETTERS,
    "P08": f"{_PAGES}。公開・非公開を切り替える対象もない",
    "P09": "外部デジタル人材の募集情報（commons/recruitment）がない",
    "P10": "参考事例集（commons/practices）とその検索画面がない",
    "P11": _PAGES,
    "P12": f"{_PAGES}。RSS・JSON-LD を出さない",
    "P13": f"{_PAGES}。職員の画面のほかにホストがない",
    "P15": "募集情報（commons/recruitment）と都道府県からの CSV 取込みがない",
}
"""Rows that have nothing to hit: what is missing."""

PARTLY: Mapping[str, str] = {
    "F02": "接続の kill -9 は `make faults`（一式のサーバーは共用なので行わない）。postmaster は tests/trials（記録する試行）",
    "F03": "電源断（ext4 の shutdown）は root でだけ、SQLite の上だけで試す。ほかでは理由を示して飛ばし、順序を試す",
    "F05": "n 回目からの EIO・ENOSPC（一度・ずっと）は `make faults`（cc が要る）。一式では部品と、画面の帯を試す",
    "F08": "止まるディスクは、凍らせた ext4（FIFREEZE、root だけ）と、答えない問いで試す。本物の NFS の停止は試していない。"
    "読みかけの画面の一つは、ディスクが答えるまで待つ",
    "F07": "本物の満杯（tmpfs）は root でだけ試す。ほかでは理由を示して飛ばし、拒まれた書込みを模して試す",
    "F19": "ポータルからは取りに行く（試す）。画面: 遅い見出しは 30 秒で切れ、ほかは止まらない（手で計った）。遅い本文は、"
    "四つの接続で画面の全スレッドを止める（手で確かめた）。要求を読み切ってから渡すプロキシが要る",
    "F23": "途中で kill -9 した `todoke migrate` は `make faults`。版の合わないデータベースでは、古い側も新しい側も始まらない。"
    "止めずに上げる手順（両方の版が同時に動く）はまだない",
    "F24": "読み直しは既定で 30 日に一巡（TODOKE_REREAD_DAYS=1 で 24 時間ごと）。復元は秘密鍵を挿した人が行い、自動では戻さない。"
    "SQLite のページには検査値がなく、欄の中の反転は監査の連鎖と署名のある所でだけ見つかる",
    "W12": "同じ回数だけハッシュし、同じ回数だけ書く。時間は試験でなく手で計った（p50 の差 2.6 %、120回ずつ、負荷 7〜12）",
    "W20": "理由の入力は番号の表示と原本の開封で求める。一覧と検索は上限・警報・監査の表だけ",
    "W26": "機械どうしの窓口（web/api、OpenAPI）がない。画面のすべてのアドレスに雑なデータを送る",
    "P02": "配信登録がない。職員の一度だけのリンク（192 ビット、24 時間）と、職員調査の回答コード（59 ビット、回数を限る）を試す",
    "P16": "問合せフォームと CSP の報告先がない。だれでも開ける入口（サインインと職員調査）への連打を試す",
    "U01": "更新束の署名はない（Git の版とハッシュ固定のロック）。一バイト違う部品と、古い版への後戻りを拒むことを試す",
    "U02": "移行の途中の kill は `make faults`（F23）。部品の入替え（requirements/prepare.sh）の途中の kill は試していない",
    "U07": "設定・規則・信頼・プログラムを署名と比べ、`todoke doctor` が違いを言う（定時に動かすのは運用）。"
    "監査でない行を手で変えたことは、見つけない",
    "U09": "ログはファイルに書かず標準エラーに出す。回転は journald の仕事。書けないログが監査を止めないことを試す",
}
"""Rows that have tests, and what they do not show."""
