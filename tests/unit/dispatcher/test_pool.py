import asyncio

from hookline_dispatcher.delivery.pool import Pool


async def test_works_on_everything_at_most_so_many_at_once() -> None:
    done: list[int] = []
    most = 0

    async def work(item: int) -> None:
        nonlocal most
        most = max(most, pool.busy)
        await asyncio.sleep(0)
        done.append(item)

    pool = Pool(work, 3)
    for _ in range(2):  # the second round goes to parked tasks
        for item in range(50):
            pool.put(item)
        await pool.quiet()
    assert sorted(done) == sorted([*range(50)] * 2)
    assert (most, pool.busy, pool.waiting) == (3, 0, 0)
    await pool.stop()


async def test_begins_in_order_and_gives_what_waits_back() -> None:
    gate = asyncio.Event()
    begun: list[int] = []

    async def work(item: int) -> None:
        begun.append(item)
        await gate.wait()

    pool = Pool(work, 2)
    for item in range(5):
        pool.put(item)
    await asyncio.sleep(0)
    assert pool.take_waiting() == [2, 3, 4]
    gate.set()
    await pool.quiet()
    assert begun == [0, 1]
    await pool.stop()


async def test_every_item_put_learns_of_a_stop() -> None:
    told: list[int] = []

    async def work(item: int) -> None:
        try:
            if item >= 0:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append(item)
            raise

    pool = Pool(work, 8)
    pool.put(-1)
    await pool.quiet()
    pool.put(1)  # to the parked task
    pool.put(2)  # to a new one
    await pool.stop()
    assert sorted(told) == [1, 2]
    assert pool.busy == 0
