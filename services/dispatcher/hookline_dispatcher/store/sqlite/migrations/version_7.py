"""An object to which something arrived once is counted as sent, also while something more is on its way to it."""

SCRIPT = """
DROP TRIGGER element_made;
DROP TRIGGER element_changed;
CREATE TRIGGER element_made AFTER INSERT ON element BEGIN
    INSERT INTO element_count (account_id, kind, definition_id, element)
        VALUES (NEW.account_id, NEW.kind, NEW.definition_id, NEW.element) ON CONFLICT DO NOTHING;
    UPDATE element_count SET reached = reached + NEW.seen, present = present + (NEW.present > 0),
        on_its_way = on_its_way + (NEW.pending > 0), sent = sent + (NEW.result = 2),
        failed = failed + (NEW.pending = 0 AND NEW.result = 1)
    WHERE account_id = NEW.account_id AND kind = NEW.kind AND definition_id = NEW.definition_id
        AND element = NEW.element;
END;
CREATE TRIGGER element_changed AFTER UPDATE OF seen, present, pending, result ON element BEGIN
    UPDATE element_count SET reached = reached + NEW.seen - OLD.seen,
        present = present + (NEW.present > 0) - (OLD.present > 0),
        on_its_way = on_its_way + (NEW.pending > 0) - (OLD.pending > 0),
        sent = sent + (NEW.result = 2) - (OLD.result = 2),
        failed = failed + (NEW.pending = 0 AND NEW.result = 1) - (OLD.pending = 0 AND OLD.result = 1)
    WHERE account_id = NEW.account_id AND kind = NEW.kind AND definition_id = NEW.definition_id
        AND element = NEW.element;
END;

UPDATE element_count SET sent = sent + missed.objects
FROM (
    SELECT account_id, kind, definition_id, element, count(*) AS objects FROM element
    WHERE pending > 0 AND result = 2 GROUP BY account_id, kind, definition_id, element
) AS missed
WHERE element_count.account_id = missed.account_id AND element_count.kind = missed.kind
    AND element_count.definition_id = missed.definition_id AND element_count.element = missed.element;
"""
