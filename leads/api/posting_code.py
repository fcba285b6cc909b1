"""Programs that post a lead, for vendors to begin with. They read the key from the environment, so that it stands in no program."""

import json
from typing import Any

CURL = """\
curl -sS '{address}' \\
  -H "Authorization: Bearer $SWITCHYARD_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{body}'
"""

PYTHON = """\
import os
import urllib.error
import urllib.request
import uuid

lead = r'''{body}'''
request = urllib.request.Request(
    "{address}",
    data=lead.encode(),
    headers={{
        "Authorization": "Bearer " + os.environ["SWITCHYARD_KEY"],
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),  # the same again when you repeat a post
    }},
)
try:
    with urllib.request.urlopen(request, timeout=30) as answer:
        print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
"""

PHP = """\
<?php
$lead = <<<'JSON'
{body}
JSON;
$request = curl_init('{address}');
curl_setopt_array($request, [
    CURLOPT_POST => true,
    CURLOPT_POSTFIELDS => $lead,
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_TIMEOUT => 30,
    CURLOPT_HTTPHEADER => [
        'Authorization: Bearer ' . getenv('SWITCHYARD_KEY'),
        'Content-Type: application/json',
    ],
]);
$answer = curl_exec($request);
echo curl_getinfo($request, CURLINFO_RESPONSE_CODE), ' ', $answer, PHP_EOL;
"""

JAVASCRIPT = """\
// On your server (Node.js 18 or later), never in a visitor's browser: the key would be seen there.
const lead = {body};
const answer = await fetch("{address}", {{
  method: "POST",
  headers: {{
    Authorization: `Bearer ${{process.env.SWITCHYARD_KEY}}`,
    "Content-Type": "application/json",
  }},
  body: JSON.stringify(lead),
}});
console.log(answer.status, await answer.json());
"""


def programs(address: str, lead: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the name and the text of one program for each language."""
    body = json.dumps(lead, indent=2)
    return [
        ("curl", CURL.format(address=address, body=body.replace("'", "'\\''"))),
        ("Python", PYTHON.format(address=address, body=body)),
        ("PHP", PHP.format(address=address, body=body)),
        ("JavaScript", JAVASCRIPT.format(address=address, body=body)),
    ]
