"""Prokip's rows as its API writes them; what the stand-in knows nothing of is as empty as in the recordings."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from storesync.mock.catalogue import Item
from storesync.mock.server import Row

MADE_AT = "2024-01-03 21:29:08"


def nulls(names: str) -> Row:
    return dict.fromkeys(names.split())


@dataclass
class Product:
    """A product with its variations: SKUs that are sold and counted."""

    id: int
    name: str
    kind: str  # single, variable, combo
    variations: list["Variation"]


@dataclass
class Variation:
    id: int
    product: Product
    item: Item
    stock: dict[int, Decimal]  # by location


LOCATIONS = {1: "Main shop", 2: "Warehouse"}
CONTACTS = {1: "Walk-In Customer", 7: "Online shops"}
PAYMENT_METHODS = ["cash", "card", "cheque", "bank_transfer", "other", "custom_pay_1", "custom_pay_2", "custom_pay_3"]


def location(number: int) -> Row:
    """GET business-location."""
    return {
        "id": number, "business_id": 1, "location_id": None, "name": LOCATIONS[number],
        "landmark": "1 Example Street", "country": "Nigeria", "state": "Lagos", "city": "Lagos", "zip_code": "100001",
        "invoice_scheme_id": 1, "invoice_layout_id": 1, "selling_price_group_id": None,
        "print_receipt_on_invoice": 1, "receipt_printer_type": "browser",
        **nulls("printer_id mobile alternate_number email website featured_products"), "is_active": 1,
        "payment_methods": [
            {"name": name, "label": name.replace("_", " ").title(), "account_id": None} for name in PAYMENT_METHODS
        ],
        **nulls("custom_field1 custom_field2 custom_field3 custom_field4 deleted_at"),
        "created_at": MADE_AT, "updated_at": MADE_AT,
    }  # fmt: skip


def contact(number: int) -> Row:
    """GET contactapi/{id}."""
    return {
        "id": number, "business_id": 1, "type": "customer", "name": CONTACTS[number], "contact_status": "active",
        "is_default": int(number == 1), "created_at": MADE_AT, "updated_at": MADE_AT,
    }  # fmt: skip


def product(row: Product) -> Row:
    """GET product."""
    stamps = {"created_at": MADE_AT, "updated_at": MADE_AT}
    return {
        "id": row.id, "name": row.name, "business_id": 1, "type": row.kind, "sub_unit_ids": None,
        "enable_stock": int(row.variations[0].item.tracked), "alert_quantity": "5.0000",
        "sku": row.variations[0].item.sku if row.kind != "variable" else f"{row.id:04}", "barcode_type": "C128",
        **nulls("expiry_period expiry_period_type"), "enable_sr_no": 0,
        **nulls("weight product_custom_field1 product_custom_field2 product_custom_field3 product_custom_field4"),
        **nulls("image woocommerce_media_id product_description"), "created_by": 1, "warranty_id": None,
        "is_inactive": 0, "repair_model_id": None, "not_for_selling": 0, "ecom_shipping_class_id": None,
        "ecom_active_in_store": 1, "woocommerce_product_id": None, "woocommerce_disable_sync": 0,
        "image_url": "http://pos.example.com/img/default.png",
        "product_variations": [
            {
                "id": row.id, "variation_template_id": None, "name": group_name(row), "product_id": row.id,
                "is_dummy": int(row.kind != "variable"), **stamps,
                "variations": [variation(each) for each in row.variations],
            }
        ],
        "brand": None,
        "unit": {
            "id": 1, "business_id": 1, "actual_name": "Pieces", "short_name": "Pc(s)", "allow_decimal": 0,
            **nulls("base_unit_id base_unit_multiplier"), "created_by": 1, "deleted_at": None, **stamps,
        },
        **nulls("category sub_category product_tax"),
        "product_locations": [
            {
                **location(number), "default_payment_accounts": "{}",
                "pivot": {"product_id": row.id, "location_id": number},
            }
            for number in LOCATIONS
        ],
    }  # fmt: skip


def group_name(row: Product) -> str:
    return "Variant" if row.kind == "variable" else "DUMMY"


def variation(row: Variation) -> Row:
    """A SKU within its product."""
    stamps = {"created_at": MADE_AT, "updated_at": MADE_AT}
    ids = {"product_id": row.product.id, "product_variation_id": row.product.id}
    price = four(row.item.price)
    return {
        "id": row.id, "name": row.item.name if row.product.kind == "variable" else "DUMMY",
        "product_id": row.product.id, "sub_sku": row.item.sku, "product_variation_id": row.product.id,
        **nulls("woocommerce_variation_id variation_value_id"),
        "default_purchase_price": price, "dpp_inc_tax": price, "profit_percent": "0.0000",
        "default_sell_price": price, "sell_price_inc_tax": price, **stamps, "deleted_at": None,
        "combo_variations": [
            {"sku": sku, "quantity": quantity, "unit_id": 1} for sku, quantity in row.item.parts
        ] or None,
        "variation_location_details": [
            {
                "id": row.id * 10 + number, **ids, "variation_id": row.id, "location_id": number,
                "qty_available": four(quantity), **stamps,
            }
            for number, quantity in row.stock.items()
        ],
        "media": [], "discounts": [], "selling_price_group": [],
    }  # fmt: skip


def stock_report(row: Variation, number: int | None, sold: Decimal) -> Row:
    """A line of GET product-stock-report; without a location where nothing is known of one."""
    known = number in row.stock
    stock = row.stock[number] if known and number else None
    return {
        "total_sold": four(sold) if sold else None, **nulls("total_transfered total_adjusted"),
        "stock_price": None if stock is None else f"{stock * Decimal(row.item.price):.8f}",
        "stock": None if stock is None else four(stock),
        "sku": row.item.sku, "product": row.product.name, "type": row.product.kind, "product_id": row.product.id,
        "unit": "Pc(s)", "enable_stock": int(row.item.tracked), "unit_price": four(row.item.price),
        "product_variation": group_name(row.product),
        "variation_name": row.item.name if row.product.kind == "variable" else "DUMMY",
        "location_name": LOCATIONS[number] if known and number else None, "location_id": number if known else None,
        "variation_id": row.id,
    }  # fmt: skip


# What a sell and a return have in common and the stand-in fills neither.
EMPTY = {
    **nulls("res_table_id res_waiter_id res_order_status sub_type adjustment_type customer_group_id"),
    **nulls("subscription_no subscription_repeat_on tax_id shipping_details shipping_address shipping_status"),
    **nulls("delivered_to additional_notes staff_note expense_category_id expense_for commission_agent document"),
    **nulls("total_amount_recovered transfer_parent_id opening_stock_product_id import_batch import_time"),
    **nulls("types_of_service_id packing_charge packing_charge_type service_custom_field_1"),
    **nulls("service_custom_field_2 service_custom_field_3 service_custom_field_4"),
    **nulls("mfg_parent_production_purchase_id mfg_wasted_units essentials_duration_unit essentials_allowances"),
    **nulls("essentials_deductions repair_completed_on repair_warranty_id repair_brand_id repair_status_id"),
    **nulls("repair_model_id repair_defects repair_serial_no repair_checklist repair_security_pwd"),
    **nulls("repair_security_pattern repair_due_date repair_device_id order_addresses recur_interval"),
    **nulls("recur_interval_type recur_repetitions recur_stopped_on recur_parent_id invoice_token pay_term_number"),
    **nulls("pay_term_type pjt_project_id pjt_title woocommerce_order_id selling_price_group_id"),
    "business_id": 1, "is_quotation": 0, "rp_redeemed": 0, "rp_redeemed_amount": "0.0000", "rp_earned": 0,
    "round_off_amount": "0.0000", "exchange_rate": "1.000", "created_by": 1, "mfg_production_cost": "0.0000",
    "mfg_is_final": 0, "essentials_duration": "0.00", "essentials_amount_per_unit_duration": "0.0000",
    "is_direct_sale": 0, "is_suspend": 0, "is_recurring": 0,
}  # fmt: skip
ONLY_IN_SELLS = {"is_created_from_api": 1, "repair_updates_email": 0, "repair_updates_sms": 0}
ONLY_IN_RETURNS = {
    "is_created_from_api": 0, "mfg_production_cost_type": "percentage", "repair_job_sheet_id": None,
    "repair_updates_notif": 0,
}  # fmt: skip


def sell_line(number: int, sell: int, of: Variation, *, quantity: Any, price: Decimal, at: str) -> Row:
    return {
        "id": number, "transaction_id": sell, "product_id": of.product.id, "variation_id": of.id,
        "quantity": quantity, "mfg_waste_percent": "0.0000", "quantity_returned": "0.0000",
        "unit_price_before_discount": four(price), "unit_price": four(price), "line_discount_type": None,
        "line_discount_amount": "0.0000", "unit_price_inc_tax": four(price), "item_tax": "0.0000",
        **nulls("tax_id discount_id lot_no_line_id sell_line_note res_service_staff_id res_line_order_status"),
        **nulls("woocommerce_line_items_id parent_sell_line_id"), "children_type": "", "sub_unit_id": None,
        "created_at": at, "updated_at": at,
    }  # fmt: skip


def payment_line(number: int, sell: int, method: str, amount: Decimal, at: str) -> Row:
    return {
        "id": number, "transaction_id": sell, "business_id": 1, "is_return": 0, "amount": four(amount),
        "method": method,
        **nulls("transaction_no card_transaction_number card_number card_type card_holder_name card_month"),
        **nulls("card_year card_security cheque_number bank_account_number"), "paid_on": at, "created_by": 1,
        **nulls("payment_for parent_id note document payment_ref_no account_id"), "created_at": at, "updated_at": at,
    }  # fmt: skip


def four(amount: Any) -> str:
    """A number as the ERP's columns hold it."""
    return f"{Decimal(amount):.4f}"
