"""Who may do what: every route and method with the status that each role gets.

`{…}` are the things of `world.py`; all of them belong to the owner, so the columns of the other customer, the
manager and the admin say who else reaches them. The word after the path names the body in `world.bodies`.
"""

import re
from typing import NamedTuple

from giggatek.tests.world import ROLES

TABLE = """
# method path                                      body          anonymous owner other manager admin
GET    /                                           -             302 302 302 302 302
GET    /health                                     -             200 200 200 200 200
GET    /health/ready                               -             200 200 200 200 200
GET    /api/schema                                 -             200 200 200 200 200
GET    /api/docs                                   -             200 200 200 200 200
GET    /events/health                              -             200 200 200 200 200
GET    /events/api/v1/health                       -             200 200 200 200 200
GET    /events/api/v1/schema                       -             200 200 200 200 200
GET    /events/api/v1/docs                         -             200 200 200 200 200

POST   /events/api/v1/auth/register                full-name     201 201 201 201 201
POST   /events/api/v1/auth/login                   credentials   200 200 200 200 200
POST   /events/api/v1/auth/refresh                 -             401 401 401 401 401
POST   /events/api/v1/auth/logout                  -             200 200 200 200 200
GET    /events/api/v1/auth/me                      -             401 200 200 200 200
GET    /events/api/v1/auth/profile                 -             401 200 200 200 200
PUT    /events/api/v1/auth/profile                 phone         401 200 200 200 200
PATCH  /events/api/v1/auth/profile                 phone         401 200 200 200 200
PUT    /events/api/v1/auth/change-password         passwords     401 200 200 200 200
POST   /events/api/v1/auth/change-password         passwords     401 200 200 200 200
POST   /events/api/v1/auth/password-reset-request  email         200 200 200 200 200
POST   /events/api/v1/auth/password-reset          reset         200 200 200 200 200
POST   /events/api/v1/auth/verify-email            verification  200 200 200 200 200
POST   /events/api/v1/auth/resend-verification     -             401 200 200 200 200
POST   /events/api/v1/auth/google                  google        503 503 503 503 503
GET    /events/api/v1/auth/google/login            -             302 302 302 302 302
GET    /events/api/v1/auth/google/callback         -             302 302 302 302 302
POST   /events/api/v1/webhooks/paystack            paystack-event 200 200 200 200 200
POST   /events/api/v1/webhooks/paystack            forged-paystack-event 400 400 400 400 400
GET    /events/api/v1/orders                       -             401 200 200 200 200
POST   /events/api/v1/orders                       ticket-order  401 201 201 201 201
POST   /events/api/v1/orders/verify                reference     401 200 404 404 404
POST   /events/api/v1/orders/verify-payment        reference     401 200 404 404 404
GET    /events/api/v1/orders/{ticket_order}        -             401 200 404 404 404
POST   /events/api/v1/orders/{ticket_order}/cancel -             401 409 404 404 404
GET    /events/api/v1/orders/{ticket_order}/refund -             401 200 404 404 404
POST   /events/api/v1/orders/{ticket_order}/refund -             401 200 404 404 404
GET    /events/api/v1/orders/{ticket_order}/receipt.pdf  -       401 404 404 404 404

GET    /events/api/v1/tickets                      -             401 200 200 200 200
GET    /events/api/v1/user/tickets                 -             401 200 200 200 200
GET    /events/api/v1/user/tickets/stats           -             401 200 200 200 200
GET    /events/api/v1/user/tickets/{ticket}        -             401 200 404 404 404
GET    /events/api/v1/user/tickets/{ticket}/ticket.pdf  -        401 200 404 404 404
GET    /events/api/v1/user/tickets/{ticket}/qr.png -             401 200 404 404 404
POST   /events/api/v1/user/tickets/{ticket}/transfer  friend     401 201 404 404 404
DELETE /events/api/v1/user/tickets/{ticket}/transfer  -          401 200 404 404 404
POST   /events/api/v1/transfers/{offered}/accept   -             401 200 403 403 403
POST   /events/api/v1/events/{event}/waiting-list  wait          401 201 201 201 201
DELETE /events/api/v1/events/{event}/waiting-list  -             401 200 200 200 200
GET    /events/api/v1/check-in/lists               -             401 200 403 403 403
GET    /events/api/v1/check-in/keys                -             401 200 403 403 403
POST   /events/api/v1/check-in/lists/{event}/scan  scan          401 200 404 404 404
POST   /events/api/v1/check-in/lists/{event}/sync  scans         401 200 404 404 404
POST   /events/api/v1/check-in/lists/{event}/undo  undo          401 200 404 404 404
GET    /waiting-list/{waiting}                     -             200 200 200 200 200
POST   /waiting-list/{waiting}                     -             200 200 200 200 200
GET    /waiting-list/{forged}                      -             404 404 404 404 404
POST   /waiting-list/{forged}                      -             404 404 404 404 404
GET    /events/api/v1/partners/dashboard           -             401 200 403 403 403
GET    /events/api/v1/partners/events              -             401 200 403 403 403
GET    /events/api/v1/partners/analytics           -             401 200 403 403 403
GET    /events/api/v1/partners/events/{event}/statement     - 401 200 403 403 403
GET    /events/api/v1/partners/events/{event}/statement.csv - 401 200 403 403 403
GET    /events/api/v1/partners/events/{event}/statement.pdf - 401 200 403 403 403
GET    /events/api/v1/partners/events/{event}/attendees.csv - 401 200 403 403 403

GET    /events/api/v1/events                       -             200 200 200 200 200
POST   /events/api/v1/events                       new-event     401 201 403 403 403
GET    /events/api/v1/events/search                -             200 200 200 200 200
GET    /events/api/v1/events/featured              -             200 200 200 200 200
GET    /events/api/v1/events/upcoming              -             200 200 200 200 200
GET    /events/api/v1/events/{event}               -             200 200 200 200 200
GET    /events/api/v1/events/{draft}               -             404 200 404 404 404
PUT    /events/api/v1/events/{event}               title         401 200 403 403 403
PATCH  /events/api/v1/events/{draft}               title         401 200 404 404 404
DELETE /events/api/v1/events/{draft}               -             401 200 404 404 404
POST   /events/api/v1/events/{draft}/publish       -             401 200 404 404 404
POST   /events/api/v1/events/{event}/cancel        -             401 200 403 403 403
POST   /events/api/v1/events/{event}/ticket-types  ticket-type   401 201 403 403 403
PATCH  /events/api/v1/ticket-types/{ticket_type}   seats         401 200 403 403 403
DELETE /events/api/v1/ticket-types/{ticket_type}   -             401 200 403 403 403
GET    /events/api/v1/categories                   -             200 200 200 200 200
GET    /events/api/v1/categories/{category}        -             200 200 200 200 200
GET    /events/api/v1/venues                       -             200 200 200 200 200
GET    /events/api/v1/venues/{venue}               -             200 200 200 200 200
GET    /events/api/v1/organizers                   -             200 200 200 200 200
POST   /events/api/v1/organizers                   organizer     401 201 201 201 201
GET    /events/api/v1/organizers/{organizer}       -             200 200 200 200 200
GET    /events/api/v1/favorites                    -             200 200 200 200 200
POST   /events/api/v1/favorites                    favorite      401 200 201 201 201
DELETE /events/api/v1/favorites/{favorite}         -             401 200 404 404 404
GET    /events/api/v1/notifications                -             401 200 200 200 200
PUT    /events/api/v1/notifications/{box_notice}/read -          401 200 404 404 404
PATCH  /events/api/v1/notifications/{box_notice}/read -          401 200 404 404 404
PUT    /events/api/v1/notifications/read-all       -             401 200 200 200 200
POST   /events/api/v1/notifications/read-all       -             401 200 200 200 200

GET    /sync-hub/health                            -             200 200 200 200 200
GET    /sync-hub/schema                            -             200 200 200 200 200
GET    /sync-hub/docs                              -             200 200 200 200 200
POST   /sync-hub/auth/register                     new-operator  200 200 200 200 200
POST   /sync-hub/auth/login                        operator      200 200 200 200 200
POST   /sync-hub/auth/logout                       -             401 200 200 200 200
GET    /sync-hub/connections                       -             401 200 200 200 200
GET    /sync-hub/connections/{store}               -             401 200 404 404 404
PATCH  /sync-hub/connections/{store}               sync-settings 401 200 404 404 404
DELETE /sync-hub/connections/{store}               -             401 200 404 404 404
POST   /sync-hub/connections/prokip                erp           401 400 400 400 400
POST   /sync-hub/connections/woocommerce           woo           401 400 400 400 400
POST   /sync-hub/connections/shopify/initiate      shopify       401 200 200 200 200
GET    /sync-hub/connections/callback/shopify      -             302 302 302 302 302
POST   /sync-hub/connections/webhook/shopify       shopify-event 200 200 200 200 200
POST   /sync-hub/connections/webhook/shopify       forged-shopify-event 401 401 401 401 401
POST   /sync-hub/connections/webhook/woocommerce   woo-event     200 200 200 200 200
POST   /sync-hub/connections/webhook/woocommerce   forged-woo-event 401 401 401 401 401
GET    /sync-hub/sync/status                       -             401 200 200 200 200
POST   /sync-hub/sync                              -             401 200 200 200 200
POST   /sync-hub/sync/pull-orders                  -             401 200 200 200 200
GET    /sync-hub/sync/errors                       -             401 200 200 200 200
POST   /sync-hub/sync/errors/{trouble}/replay      -             401 200 404 404 404
POST   /sync-hub/sync/errors/{trouble}/dismiss     -             401 200 404 404 404
GET    /sync-hub/sync/runs                         -             401 200 200 200 200
POST   /sync-hub/sync/pause                        which-store   401 200 404 404 404
POST   /sync-hub/sync/resume                       which-store   401 200 404 404 404
GET    /sync-hub/sync/trace                        -             401 400 400 400 400
GET    /sync-hub/setup/products                    -             401 200 200 400 400
POST   /sync-hub/setup/products                    push          401 200 404 404 404
GET    /sync-hub/setup/products/matches            -             401 400 400 400 400
POST   /sync-hub/setup/products/readiness-check    which-store   401 200 404 404 404
GET    /sync-hub/setup/mappings                    -             401 200 200 200 200
PUT    /sync-hub/setup/mappings                    mapping       401 200 404 404 404
DELETE /sync-hub/setup/mappings                    mapping       401 200 404 404 404

POST   /api/auth/register                          registration  201 201 201 201 201
POST   /api/auth/login                             credentials   200 200 200 200 200
POST   /api/auth/refresh-token                     -             401 200 200 200 200
POST   /api/auth/logout                            -             401 200 200 200 200
GET    /api/auth/me                                -             401 200 200 200 200
POST   /api/auth/password-reset-request            email         200 200 200 200 200
POST   /api/auth/password-reset                    reset         200 200 200 200 200
PUT    /api/auth/update-profile                    profile       401 200 200 200 200
PATCH  /api/auth/update-profile                    profile       401 200 200 200 200
PUT    /api/auth/profile                           profile       401 200 200 200 200
PATCH  /api/auth/profile                           profile       401 200 200 200 200
PUT    /api/auth/change-password                   passwords     401 200 200 200 200
POST   /api/auth/change-password                   passwords     401 200 200 200 200
POST   /api/auth/verify-email                      verification  200 200 200 200 200
POST   /api/auth/resend-verification               -             401 200 200 200 200

GET    /api/auth/addresses                         -             401 200 200 200 200
POST   /api/auth/addresses                         address       401 201 201 201 201
GET    /api/auth/addresses/{address}               -             401 200 404 404 404
PUT    /api/auth/addresses/{address}               address       401 200 404 404 404
PATCH  /api/auth/addresses/{address}               city          401 200 404 404 404
DELETE /api/auth/addresses/{address}               -             401 200 404 404 404
PUT    /api/auth/addresses/{address}/default       -             401 200 404 404 404
POST   /api/auth/addresses/{address}/default       -             401 200 404 404 404
GET    /api/user/addresses                         -             401 200 200 200 200
POST   /api/user/addresses                         address       401 201 201 201 201
GET    /api/user/addresses/{address}               -             401 200 404 404 404
PUT    /api/user/addresses/{address}               address       401 200 404 404 404
PATCH  /api/user/addresses/{address}               city          401 200 404 404 404
DELETE /api/user/addresses/{address}               -             401 200 404 404 404
PUT    /api/user/addresses/{address}/default       -             401 200 404 404 404
POST   /api/user/addresses/{address}/default       -             401 200 404 404 404

GET    /api/products                               -             200 200 200 200 200
POST   /api/products                               product       401 403 403 201 201
GET    /api/products/facets                        -             200 200 200 200 200
GET    /api/products/{product}                     -             200 200 200 200 200
GET    /api/products/{archived}                    -             404 404 404 404 404
PUT    /api/products/{product}                     product       401 403 403 200 200
PATCH  /api/products/{product}                     price         401 403 403 200 200
DELETE /api/products/{product}                     -             401 403 403 200 200
GET    /api/wishlist                               -             401 200 200 200 200
POST   /api/wishlist                               wish          401 200 201 201 201
DELETE /api/wishlist/{product}                     -             401 200 404 404 404

GET    /api/orders                                 -             401 200 200 200 200
POST   /api/orders                                 new-order     401 201 404 404 404
GET    /api/orders/stats                           -             401 200 200 200 200
GET    /api/orders/shipping-methods                -             200 200 200 200 200
GET    /api/orders/{order}                         -             401 200 404 200 200
POST   /api/orders/{order}/cancel                  -             401 200 404 200 200
PUT    /api/orders/{order}/status                  status        401 403 403 403 200
GET    /api/orders/{order}/payments                -             401 200 404 200 200
POST   /api/orders/{order}/payment-intent          -             401 200 404 200 200
GET    /api/orders/{order}/invoice                 -             401 404 404 404 404
GET    /api/orders/{billed}/invoice                -             401 200 404 200 200
GET    /api/orders/{billed}/credit-notes           -             401 200 404 200 200
GET    /api/orders/{billed}/credit-notes/{credit}  -             401 200 404 200 200
GET    /api/orders/{order}/credit-notes/{credit}   -             401 404 404 404 404

GET    /api/rentals                                -             401 200 200 200 200
POST   /api/rentals                                new-rental    401 201 404 404 404
POST   /api/rentals/quote                          terms         200 200 200 200 200
GET    /api/rentals/stats                          -             401 200 200 200 200
GET    /api/rentals/{rental}                       -             401 200 404 200 200
POST   /api/rentals/{unsigned}/cancel              -             401 200 404 200 200
POST   /api/rentals/{rental}/cancel                -             401 400 404 400 400
POST   /api/rentals/{rental}/return                -             401 200 404 200 200
POST   /api/rentals/{unsigned}/sign-contract       signature     401 200 404 404 404
POST   /api/rentals/{rental}/sign-contract         -             401 400 404 404 404
GET    /api/rentals/{rental}/contract              -             401 200 404 200 200
GET    /api/rentals/{rental}/contract.pdf          -             401 200 404 200 200
GET    /api/rentals/{owned}/ownership.pdf          -             401 200 404 200 200
GET    /api/rentals/{rental}/ownership.pdf         -             401 404 404 404 404
GET    /api/rentals/{rental}/payments              -             401 200 404 200 200
GET    /api/rentals/{owned}/payments/{paid}/invoice  -           401 200 404 200 200
GET    /api/rentals/{rental}/payments/{paid}/invoice -           401 404 404 404 404
GET    /api/rentals/{owned}/invoices               -             401 200 404 200 200
GET    /api/rentals/{owned}/invoices/{receipt}     -             401 200 404 200 200
GET    /api/rentals/{rental}/invoices/{receipt}    -             401 404 404 404 404
POST   /api/rentals/{rental}/payment-intent        purpose       401 200 404 200 200
POST   /api/rentals/{rental}/make-payment          installment   401 200 404 200 200
GET    /api/rentals/{rental}/buyout                -             401 200 404 200 200
POST   /api/rentals/{leaving}/buyout               buyout        401 200 404 200 200
GET    /api/rentals/{rental}/autopay               -             401 200 404 404 404
PUT    /api/rentals/{rental}/autopay               autopay       401 200 404 404 404
DELETE /api/rentals/{rental}/autopay               -             401 200 404 404 404

POST   /api/payments/{paid_intent}/confirm         -             401 200 404 404 404
POST   /api/payments/sandbox/{intent}/pay          card          401 200 404 404 404
POST   /api/payments/setup-intent                  -             401 200 200 200 200
POST   /api/payments/sandbox/setup/{setup}/confirm card          401 200 404 404 404
GET    /api/payment/payment-methods                -             401 200 200 200 200
POST   /api/payment/payment-methods                to-save       401 201 404 404 404
GET    /api/payment/payment-methods/{card}         -             401 200 404 404 404
DELETE /api/payment/payment-methods/{card}         -             401 200 404 404 404
PUT    /api/payment/payment-methods/{card}/default -             401 200 404 404 404
GET    /api/payments/payment-methods               -             401 200 200 200 200
POST   /api/payments/payment-methods               to-save       401 201 404 404 404
GET    /api/payments/payment-methods/{card}        -             401 200 404 404 404
DELETE /api/payments/payment-methods/{card}        -             401 200 404 404 404
PUT    /api/payments/payment-methods/{card}/default -             401 200 404 404 404
POST   /api/payments/webhook                       event         200 200 200 200 200
POST   /api/payments/webhook                       forged-event  400 400 400 400 400
POST   /api/payments/webhook/{gateway}             event         200 200 200 200 200
POST   /api/payments/webhook/{gateway}             forged-event  400 400 400 400 400
POST   /api/payment/webhook                        event         200 200 200 200 200
POST   /api/payment/webhook                        forged-event  400 400 400 400 400
POST   /api/payment/create-payment-intent          to-pay        401 200 404 200 200
POST   /api/payment/create-payment-intent          rental-to-pay 401 200 404 200 200
POST   /api/payment/confirm-payment-intent         paid          401 200 404 404 404
POST   /payment/stripe_handler.php                 do-create     401 200 404 200 200
POST   /payment/stripe_handler.php                 do-confirm    401 200 404 404 404
POST   /payment/stripe_handler.php                 do-retrieve   401 200 404 404 404
POST   /api/payment/webhook/{gateway}              event         200 200 200 200 200
POST   /api/payment/webhook/{gateway}              forged-event  400 400 400 400 400
POST   /payment/webhook.php                        event         200 200 200 200 200
POST   /payment/webhook.php                        forged-event  400 400 400 400 400

GET    /api/notifications                          -             401 200 200 200 200
GET    /api/notifications/preferences              -             401 200 200 200 200
PUT    /api/notifications/preferences              switches      401 200 200 200 200
PUT    /api/notifications/{notice}/read            -             401 200 404 404 404
PATCH  /api/notifications/{notice}/read            -             401 200 404 404 404
PUT    /api/notifications/read-all                 -             401 200 200 200 200
POST   /api/notifications/read-all                 -             401 200 200 200 200
GET    /api/notifications/emails                   -             401 200 200 200 200
POST   /api/notifications/emails/{mail}/resend     -             401 202 404 404 404
GET    /api/user/notifications                     -             401 200 200 200 200
GET    /api/user/notifications/preferences         -             401 200 200 200 200
PUT    /api/user/notifications/preferences         switches      401 200 200 200 200
PUT    /api/user/notifications/{notice}/read       -             401 200 404 404 404
PATCH  /api/user/notifications/{notice}/read       -             401 200 404 404 404
PUT    /api/user/notifications/read-all            -             401 200 200 200 200
POST   /api/user/notifications/read-all            -             401 200 200 200 200
GET    /api/user/notifications/emails              -             401 200 200 200 200
POST   /api/user/notifications/emails/{mail}/resend -            401 202 404 404 404
GET    /unsubscribe/{unsubscribe}                  -             200 200 200 200 200
POST   /unsubscribe/{unsubscribe}                  -             200 200 200 200 200
GET    /unsubscribe/{forged}                       -             404 404 404 404 404
POST   /unsubscribe/{forged}                       -             404 404 404 404 404

POST   /webhooks/mail/{mailer}                     -             404 404 404 404 404

GET    /images/products/{picture}                  -             200 200 200 200 200
GET    /media/{upload}                             -             200 200 200 200 200
GET    /admin/                                     -             302 302 302 200 200
"""


class Row(NamedTuple):
    """One line of the table."""

    method: str
    path: str
    body: str
    statuses: dict[str, int]

    @property
    def is_api(self):
        """Whether the path promises JSON, and to answer with and without a slash."""
        return self.path.startswith(("/api", "/payment", "/health", "/events", "/sync-hub"))

    @property
    def best_role(self):
        """The first role that gets the most out of this row; being signed in comes first."""
        return min(self.statuses, key=lambda role: (self.statuses[role] == 401, self.statuses[role]))


def row_of(line):
    """A line as a row."""
    method, path, body, *statuses = line.split()
    return Row(method, path, body, dict(zip(ROLES, map(int, statuses), strict=True)))


ROWS = [row_of(line) for line in TABLE.splitlines() if line and not line.startswith("#")]


def skeleton(path):
    """A path without the names of its parameters, so that those of the table, the URLs and the schema compare."""
    return re.sub(r"<[^>]*>|\{[^}]*\}", "{}", path)
