"""Stripe's decline codes, mapped to what a visitor can do.

The sources are https://docs.stripe.com/declines/codes (cards; for other methods the reasons are in
the outcome of their charges) and, for errors before a bank is asked,
https://docs.stripe.com/error-codes.
"""

from collections.abc import Mapping

from wagtail_payments.providers.types import DeclineReason

CODES: Mapping[DeclineReason, str] = {
    # Stripe asks not to reveal suspected fraud, and some codes say nothing.
    DeclineReason.GENERIC: """
        card_declined compliance_violation do_not_honor do_not_try_again fraudulent
        generic_decline highest_risk_level invalid_business_account lost_card
        lost_or_stolen_card merchant_blacklist no_action_taken partner_generic_decline
        partner_high_risk_customer payment_disputed pickup_card
        previously_declined_do_not_retry previously_declined_do_not_retry_indefinitely
        restricted_card security_violation stolen_card testmode_decline
    """,
    DeclineReason.INSUFFICIENT_FUNDS: "insufficient_funds partner_insufficient_funds",
    DeclineReason.EXPIRED_CARD: """
        expired_card expired_payment_information invalid_expiry_month invalid_expiry_year
        partner_expired_card
    """,
    DeclineReason.INCORRECT_CVC: "incorrect_cvc invalid_cvc",
    DeclineReason.INCORRECT_NUMBER: "incorrect_number invalid_number",
    DeclineReason.INCORRECT_ADDRESS: "incorrect_address incorrect_zip",
    DeclineReason.DUPLICATE: "duplicate_transaction partner_duplicate_transaction",
    DeclineReason.AUTHENTICATION_FAILED: """
        authentication_not_handled authentication_required
        mobile_device_authentication_required payment_intent_authentication_failure
        setup_intent_authentication_failure
    """,
    DeclineReason.PROCESSING_ERROR: """
        approve_with_id invalid_track_data issuer_not_available partner_payment_not_found
        partner_processing_error payment_intent_payment_attempt_expired
        payment_intent_payment_attempt_failed payment_method_provider_timeout
        processing_error reenter_transaction try_again_later
    """,
    DeclineReason.LIMIT_EXCEEDED: """
        card_velocity_exceeded charge_exceeds_source_limit charge_exceeds_transaction_limit
        charge_exceeds_weekly_limit invalid_amount partner_invalid_amount
        payment_limit_exceeded withdrawal_count_limit_exceeded
    """,
    DeclineReason.NOT_SUPPORTED: """
        card_not_supported currency_not_supported live_mode_test_card not_permitted
        offline_pin_required online_or_offline_pin_required partner_action_not_supported
        partner_invalid_currency payment_method_currency_mismatch
        payment_method_not_available payment_method_provider_decline
        payment_method_unsupported_type recurring_not_supported_by_bank service_not_allowed
        test_mode_live_card transaction_not_allowed
    """,
    DeclineReason.CALL_ISSUER: """
        call_issuer card_already_activated incorrect_pin invalid_account
        invalid_authorization invalid_billing_agreement invalid_customer_account
        invalid_payment_information invalid_pin new_account_information_available
        pin_try_exceeded revocation_of_all_authorizations revocation_of_authorization
        stop_payment_order
    """,
    DeclineReason.DELAYED_FAILED: """
        bank_account_declined bank_account_restricted bank_account_unusable
        debit_not_authorized no_account
    """,
}

REASONS: Mapping[str, DeclineReason] = {
    code: reason for reason, codes in CODES.items() for code in codes.split()
}


def decline_reason(*codes: str | None) -> DeclineReason:
    """Return the reason of the first known code; pass the decline code first.

    An unknown code is a generic decline.
    """
    known = (REASONS[code] for code in codes if code and code in REASONS)
    return next(known, DeclineReason.GENERIC)
