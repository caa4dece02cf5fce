--- Proxmox VE and Proxmox Backup Server: a webhook target of the notification system.
--- Wire format: the body in `connect`; its helpers (escape, json) as in the tests of Proxmox's own webhook endpoint and in
--- https://pve.proxmox.com/pve-docs/chapter-notifications.html (read 2026-11). severity is info, notice, warning, error or unknown.
--- Nothing says that a problem is over; a later success of the same job (info or notice) does.
return {
  name  = "Proxmox",
  about = "Backups, replication, fencing and updates of Proxmox VE and Proxmox Backup Server",
  connect = [[
1. In Proxmox VE open **Datacenter › Notifications** (Backup Server: **Configuration › Notifications**) and add a target **Webhook**: name `tocsin`, method **POST**, URL `{{ url }}`, header `Content-Type` = `application/json`.
2. Paste this as **Body**:

```
{% raw %}{
  "title": "{{ escape title }}",
  "message": "{{ escape message }}",
  "severity": "{{ severity }}",
  "timestamp": {{ timestamp }},
  "fields": {{ json fields }}
}{% endraw %}
```

3. Press **Test** at the target: it shows here as resolved and calls nobody (its severity is info).
4. Under **Notification matchers** add one with the target `tocsin`, without a severity rule: successes are what resolves. Or match `error` and `warning` only, and resolve by hand.
]],

  grouping_id = [[
{%- set fields = payload.fields if payload.fields is mapping else {} -%}
{%- if payload.severity or fields %}{{ fields.type or "notification" }}/{{ fields.hostname or "" }}{% if fields["job-id"] %}/{{ fields["job-id"] }}{% endif %}{% endif -%}
]],
  resolve_condition = "{{ payload.severity in ('info', 'notice') }}",

  -- Proxmox's own titles are hard to hear; the kind, what became of it and where say the same.
  title = [[
{%- set fields = payload.fields if payload.fields is mapping else {} -%}
{%- set kind = {"vzdump": "Backup", "replication": "Replication", "gc": "Garbage collection", "prune": "Prune", "sync": "Sync",
    "verification": "Verification", "tape-backup": "Tape backup", "acme": "Certificate order"}.get(fields.type, "") -%}
{%- set state = {"error": "failed", "warning": "has warnings", "info": "succeeded", "notice": "succeeded"}.get(payload.severity, "") -%}
{%- if payload is string %}{{ payload }}
{%- elif not kind or not state or not fields.hostname %}{{ payload["title"] or "Notification of Proxmox" }}
{%- else %}{{ kind }} {% if fields.type == "replication" %}{{ fields["job-id"] }} {% endif %}{{ state }}: {{ fields.hostname }}
{%- endif -%}
]],
  message = [[
{%- set fields = payload.fields if payload.fields is mapping else {} -%}
{%- if payload is mapping -%}
**{{ payload["title"] }}**

```
{{ (payload.message or "") | truncate(2500) }}
```
{%- if payload.severity %}

- Severity: {{ payload.severity }}
{%- endif %}
{%- for name, value in fields.items() if value is string %}
- {{ name }}: {{ value }}
{%- endfor -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'error': 'error', 'warning': 'warning', 'unknown': 'warning'}.get(payload.severity or '', '') }}",
    host     = "{{ (payload.fields if payload.fields is mapping else {}).hostname or '' }}",
  },

  examples = {
    { "a backup job fails",
      payload = [[{
  "title": "vzdump backup status (pve-1): backup failed",
  "message": "Details\n=======\nVMID    Name    Status    Time    Size\n101     db-1    err       2m 3s   0 B\n",
  "severity": "error",
  "timestamp": 1793757102,
  "fields": {"hostname":"pve-1","job-id":"backup-8a1d3f60-52a1","type":"vzdump"}
}]],
      expect = {
        grouping_id = "vzdump/pve-1/backup-8a1d3f60-52a1",
        state = "firing",
        groups = 1,
        title = "Backup failed: pve-1",
        message = [[
**vzdump backup status (pve-1): backup failed**

```
Details
=======
VMID    Name    Status    Time    Size
101     db-1    err       2m 3s   0 B

```

- Severity: error
- hostname: pve-1
- job-id: backup-8a1d3f60-52a1
- type: vzdump]],
        labels = { severity = "error", host = "pve-1" },
      } },
    { "and again the next night",
      payload = [[{"title":"vzdump backup status (pve-1): backup failed","message":"","severity":"error","timestamp":1793843502,"fields":{"hostname":"pve-1","job-id":"backup-8a1d3f60-52a1","type":"vzdump"}}]],
      expect = { grouping_id = "vzdump/pve-1/backup-8a1d3f60-52a1", state = "firing", title = "Backup failed: pve-1", groups = 1, alerts = 2 } },
    { "the replication of a guest is another problem",
      payload = [[{"title":"Replication Job: '101-0' failed","message":"Replication job 101-0 with target pve-2 failed","severity":"error","timestamp":1793843502,"fields":{"hostname":"pve-1","job-id":"101-0","type":"replication"}}]],
      expect = { grouping_id = "replication/pve-1/101-0", state = "firing", title = "Replication 101-0 failed: pve-1", groups = 2 } },
    { "the job succeeds",
      payload = [[{"title":"vzdump backup status (pve-1): backup successful","message":"","severity":"info","timestamp":1793929902,"fields":{"hostname":"pve-1","job-id":"backup-8a1d3f60-52a1","type":"vzdump"}}]],
      expect = { grouping_id = "vzdump/pve-1/backup-8a1d3f60-52a1", state = "resolved", title = "Backup succeeded: pve-1", groups = 2, alerts = 3 } },
    { "a mail to root is named by its subject",
      payload = [[{"title":"SMART error (CurrentPendingSector) detected on host: pve-1","message":"Device: /dev/sda","severity":"unknown","timestamp":1793929902,"fields":{"hostname":"pve-1","type":"system-mail"}}]],
      expect = { grouping_id = "system-mail/pve-1", state = "firing", title = "SMART error (CurrentPendingSector) detected on host: pve-1", groups = 3,
                 labels = { severity = "warning" } } },
    { "the test is recorded and pages nobody",
      payload = [[{"title":"Test notification","message":"This is a test of the notification target 'tocsin'","severity":"info","timestamp":1793929902,"fields":{}}]],
      expect = { grouping_id = "notification/", state = "resolved", title = "Test notification", groups = 4 } },
  },
}
