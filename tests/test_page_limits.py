"""Token buckets."""

from visiting import Clock

from assistant.page.security.limits import Buckets


def test_a_bucket_fills_again_and_remembers_no_more_than_it_may():
    clock = Clock()
    buckets = Buckets(60, 3, most=5, clock=clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]
    clock.now += 2
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 1]
    for n in range(1000):
        buckets.take(f"key {n}")
    assert len(buckets) == 5
    clock.now += 3600
    assert [buckets.take("key 999") for _ in range(4)] == [0, 0, 0, 1], "no more than a full bucket"


def test_a_large_wish_is_met_and_paid_for():
    clock = Clock()
    buckets = Buckets(60, 10, clock=clock)
    assert buckets.take("a", 40) == 0
    assert buckets.take("a") == 31
    clock.now += 31
    assert buckets.take("a") == 0
