from hookline_gateway.ontraport.kept import Kept


def test_those_that_were_asked_for_last_are_kept_within_the_bound() -> None:
    kept: Kept[int, str] = Kept(lambda _, made: len(made), 10)
    kept.keep(1, "abcd")
    kept.keep(2, "abcd")
    assert kept.get(1) == "abcd"
    kept.keep(3, "abcd")
    assert kept.get(2) is None, "it was asked for longest ago"
    assert kept.keep(3, "abcdef") == "abcdef"
    assert (kept.get(1), kept.get(3)) == ("abcd", "abcdef"), "in its own place"
    kept.keep(4, "x" * 11)
    assert [kept.get(number) for number in (1, 3, 4)] == [None, None, None], "what is too large is not kept"
    kept.keep(5, "x" * 10)
    assert kept.get(5) == "x" * 10
