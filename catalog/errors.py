"""Refusals about products, stock and devices."""

from collections.abc import Iterable

from core.errors import DomainError, NotFound


class OutOfStock(DomainError):
    code = "out_of_stock"


class SerialError(DomainError):
    """Serial numbers of a request cannot be used; `details` names the field `serials`."""

    def __init__(self, problem: str, serials: Iterable[str] = ()) -> None:
        text = f"{problem}: {', '.join(serials)}." if serials else f"{problem}."
        self.texts = [text]
        super().__init__(f"serials: {text}", details={"serials": self.texts})


class BadSerial(SerialError):
    code = "bad_serial"


class RepeatedSerial(SerialError):
    code = "repeated_serial"


class UnknownSerial(SerialError):
    code = "unknown_serial"


class SerialTaken(SerialError):
    code = "serial_taken"


class WrongDevice(SerialError):
    """The device is none of those that are to be handed over, nor of their products."""

    code = "wrong_device"


class DeviceNotInStock(SerialError):
    """The device is not on the shelf, and not reserved for this order or contract."""

    code = "device_not_in_stock"


class SerialsMissing(SerialError):
    code = "serials_missing"


class NotTracked(DomainError):
    """The product's pieces are counted and have no serial numbers."""

    code = "not_tracked"
    message = "This product is not tracked by serial number."


class SerialNeeded(DomainError):
    """The product's pieces have serial numbers, so they cannot just be counted."""

    code = "serial_needed"


class GradeTaken(DomainError):
    code = "grade_taken"

    def __init__(self) -> None:
        text = "Another product of this family has this grade already."
        super().__init__(f"condition: {text}", details={"condition": [text]})


class SkuTaken(DomainError):
    """Another product, perhaps an archived one, has this SKU."""

    code = "sku_taken"

    def __init__(self) -> None:
        text = "A product with this SKU exists already."
        super().__init__(f"sku: {text}", details={"sku": [text]})


class NoSuchProduct(NotFound):
    """The product does not exist, or is no longer sold."""

    message = "Product not found."
