"""Asking with an Idempotency-Key, for the tests."""

KEY = "KG5LxwFBepaKHyUD"


def post(api, path, body=None, key=KEY):
    return api.post(path, body, headers={"Idempotency-Key": key})


def said(answer):
    """What an answer says, byte for byte."""
    return (answer.status_code, answer.content)


def is_replayed(answer):
    return answer.get("Idempotent-Replayed") == "true"


def refused(answer, code, status=409):
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (status, code, status), body
    return answer
