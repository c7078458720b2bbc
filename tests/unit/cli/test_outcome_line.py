from hookline.dispatcher.v1 import delivery_pb2, delivery_service_pb2

from hookline_cli.commands.deliveries import outcome_line


def test_what_others_wrote_moves_no_cursor_and_breaks_no_line() -> None:
    hostile = "a\x1b[2J\r\nb\u202ec\x9b"
    delivery = delivery_pb2.Delivery(id=3, event_type=hostile, object_id=hostile, reason=hostile)
    attempt = delivery_pb2.Attempt(number=1, reason=hostile)
    line = outcome_line(delivery_service_pb2.WatchResponse(delivery=delivery, attempt=attempt)).plain
    assert not set(line) & set("\x1b\r\n\u202e\x9b")
    assert line.count("a\u241b[2J b\ufffdc\ufffd") == 3
