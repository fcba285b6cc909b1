"""A mail server as it may be met: a few lines of SMTP that can drop the line at any point, which no library offers."""

import asyncio
import threading
from dataclasses import dataclass, field
from typing import Self

REPLIES = {
    "HELO": "250 hi",
    "EHLO": "250 hi",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 queued",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


@dataclass
class MailServer:
    """`replies` overrides the answer to a command ("." ends the mail); "drop" hangs up instead, "hang" says nothing."""

    replies: dict[str, str] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stopped = asyncio.Event()
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        server.close()
        server.close_clients()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await self._say(writer, "CONNECT", "220 mail.test ESMTP"):
                while line := await reader.readline():
                    if not await self._obey(line.decode().strip(), reader, writer):
                        return
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _obey(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        command = line[:4].upper()
        if command == "MAIL":
            self.senders.append(line.partition("<")[2].partition(">")[0])
        if command == "RCPT":
            self.recipients.append(line)
        goes_on = await self._say(writer, command, REPLIES.get(command, "500 what"))
        if command == "DATA" and goes_on and self.replies.get("DATA", "354").startswith("354"):
            self.mails.append((await reader.readuntil(b"\r\n.\r\n"))[:-3])
            goes_on = await self._say(writer, ".", REPLIES["."])
        return goes_on and command != "QUIT"

    async def _say(self, writer: asyncio.StreamWriter, command: str, usual: str) -> bool:
        reply = self.replies.get(command, usual)
        if reply == "drop":
            return False
        if reply == "hang":
            await self._stopped.wait()
            return False
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()
        return True
