-- shapes: objects that several tables show in the same shape.

-- `p` is a row of process or null
CREATE OR REPLACE TEMP MACRO process_shape(p, confidence, basis, reason) AS
CASE
    WHEN p.process IS NOT NULL
        THEN {
            'process': p.process,
            'pid': p.pid,
            'image': p.image,
            'command_line': p.command_line,
            'user': p.user,
            'started': p.started,
            'ended': p.ended,
            'guid': p.guid,
            'service': p.service,
            'confidence': confidence,
            'basis': basis,
            'reason': reason
        }
END;
