from schemas.telling import Delivery, Judgement

DELIVERY = Delivery(
    1, "wine", "told.csv", "ab", "0.1.0", 3, 2, "1 row without a class", "a/b", "2026-11-26T04:30:00+00:00"
)


def test_a_delivery_comes_back_from_its_metadata():
    entries = {name.encode(): text.encode() for name, text in DELIVERY.metadata().items()}
    assert Delivery.parse(entries) == DELIVERY


def test_every_entry_says_what_it_means():
    assert all({**Delivery.meanings(), **Judgement.meanings()}.values())
