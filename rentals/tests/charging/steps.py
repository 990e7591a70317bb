"""The steps of a charge at which a worker can die."""

# What is replaced, and whether death comes before it or after it, at each step of a charge.
STEPS = {
    "claimed": ("rentals.autopay.charging.charge", "before"),
    "permitted, the payment written": ("rentals.autopay.attempts.charge_saved_card", "before"),
    "about to make the intent": ("payments.gateways.sandbox.client.SandboxGateway.create_intent", "before"),
    "intent made, not recorded": ("payments.gateways.sandbox.client.SandboxGateway.create_intent", "after"),
    "intent recorded": ("payments.gateways.sandbox.client.SandboxGateway.retrieve_intent", "before"),
    "about to charge": ("payments.gateways.sandbox.vault.SandboxVault.charge", "before"),
    "charged, not recorded": ("payments.gateways.sandbox.vault.SandboxVault.charge", "after"),
    "while it is counted": ("rentals.money.settling.mark_paid", "after"),
    "counted, the try not concluded": ("rentals.autopay.attempts.conclude", "before"),
    "while it is concluded": ("rentals.autopay.attempts.finish", "after"),
}
CHARGED = list(STEPS)[list(STEPS).index("charged, not recorded") :]
COUNTED = CHARGED[2:]
