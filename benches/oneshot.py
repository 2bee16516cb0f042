#!/usr/bin/env python3
"""One pass over 1,000 feeds of 30 items: canhtin beside rss2email.

    cargo build --release && python3 benches/oneshot.py target/release/canhtin [--delay 0.2] [--rounds 3] \\
        [--only NAME] [--port 8077] [--peer "PYTHON SCRIPT"]

Three phases: the first sight (nothing may be mailed), all feeds unchanged (304), 100 feeds with one
new item each that holds a keyword (100 mails). Each program does the three in turn, in every round;
printed are the medians of CPU (user + system), wall time and peak memory, and the ratios. rss2email
is left out where it is not installed (`apt-get install rss2email time`). A --peer is a script that is
called as `PYTHON SCRIPT DIR DATABASE SMTP_PORT [--no-send]`, with DIR/urls.txt and DIR/keywords.txt.
The server answers with ETags, after --delay seconds.
"""
import argparse, asyncio, email.utils, hashlib, os, random, shutil, statistics
import subprocess, tempfile, threading, time

FEEDS, ITEMS, NEW, KEYWORDS, HOSTS = 1000, 30, 100, 1000, 20
PORT, SMTP = 8077, 2577
WORDS = """xã huyện tỉnh thôn bản họp dân đường cầu trường học bệnh viện thuốc vắc xin tiêm chợ mùa lúa ngô mưa lũ
rừng suối thi đấu bóng ca nhạc lễ hội người già trẻ em giáo viên công an cán bộ thông báo kế hoạch năm tháng ngày
sáng chiều mới cũ lớn nhỏ xây sửa mở đóng phát nhận gửi đọc viết nói nghe xem mua bán trồng nuôi chăm khám chữa phòng
chống dịch khẩu trang cách ly khai báo y tế tin giả mạng xã hội điện thoại tiền quỹ hỗ trợ nghèo nước sạch điện""".split()


class Feeds:
    """The pages: bytes and ETag of each path."""

    def __init__(self):
        chance = random.Random(7)
        self.keywords = set()
        while len(self.keywords) < KEYWORDS:
            self.keywords.add(" ".join(chance.choices(WORDS, k=4)))
        self.keywords = sorted(self.keywords)
        self.born = int(time.time()) - 30 * 86400
        self.pages = {}
        self.reset()

    def reset(self):
        for feed in range(FEEDS):
            self.write(feed, None)

    def update(self):
        for number, feed in enumerate(range(0, FEEDS, FEEDS // NEW)):
            self.write(feed, self.keywords[number])

    def item(self, feed, number, at, planted=None):
        chance = random.Random(feed * 1009 + number)
        words = lambda n: " ".join(chance.choices(WORDS, k=n))
        text = f"<p>{words(90)} {planted or ''} {words(20)}.</p><p>{words(60)}.</p>"
        return (f"<item><title>{words(12)}</title><link>http://127.0.0.2:{PORT}/{feed}/{number}.html</link>"
                f"<guid isPermaLink=\"false\">{feed}-{number}</guid><pubDate>{email.utils.formatdate(at)}</pubDate>"
                f"<description><![CDATA[{text}]]></description></item>\n")

    def write(self, feed, planted):
        items = [self.item(feed, n, self.born - 3600 * n) for n in range(ITEMS)]
        if planted:
            items.insert(0, self.item(feed, 5000, time.time() - 60, planted))
        body = (f"<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Nguồn {feed}</title>"
                f"<link>http://127.0.0.2:{PORT}/{feed}</link><description>thử</description>{''.join(items)}"
                "</channel></rss>").encode()
        self.pages[f"/{feed}.xml"] = (body, '"' + hashlib.sha1(body).hexdigest() + '"')

    def urls(self):
        return [f"http://127.0.0.{2 + feed % HOSTS}:{PORT}/{feed}.xml" for feed in range(FEEDS)]


async def serve(feeds, delay, ready):
    async def answer(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                await asyncio.sleep(delay)
                page = feeds.pages.get(path)
                if page is None:
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                elif page[1].encode() in head:
                    writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {page[1]}\r\n\r\n".encode())
                else:
                    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: {page[1]}\r\n"
                                 f"Content-Length: {len(page[0])}\r\n\r\n".encode() + page[0])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    async def mail(reader, writer):
        writer.write(b"220 sink\r\n")
        try:
            while line := await reader.readline():
                command = line[:4].upper()
                if command == b"DATA":
                    writer.write(b"354 go\r\n")
                    while await reader.readline() != b".\r\n":
                        pass
                    ready["mails"] += 1
                writer.write(b"250-sink\r\n250 8BITMIME\r\n" if command == b"EHLO" else b"250 ok\r\n")
                if command == b"QUIT":
                    break
        except ConnectionError:
            pass
        writer.close()

    for host in range(HOSTS):
        await asyncio.start_server(answer, f"127.0.0.{2 + host}", PORT, backlog=4096)
    await asyncio.start_server(mail, "127.0.0.1", SMTP, limit=1 << 22)
    ready["up"].set()
    await asyncio.Event().wait()


def timed(command, env=None):
    """CPU seconds, wall seconds and peak memory in MB of a command, by GNU time: a child forked from
    here would begin with the memory of this script."""
    with tempfile.NamedTemporaryFile("r") as out:
        subprocess.run(["/usr/bin/time", "-o", out.name, "-f", "%U %S %e %M", *command],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
        user, system, wall, memory = map(float, out.read().split()[-4:])
    return user + system, wall, memory * 1024 / 1e6


def canhtin(binary, dir, feeds):
    os.makedirs(f"{dir}/keywords/lists")
    os.makedirs(f"{dir}/keywords/rumours")
    with open(f"{dir}/keywords/rumours/all.toml", "w") as out:
        for number, word in enumerate(feeds.keywords):
            out.write(f"[[rule]]\nid = \"k{number}\"\ntitle = \"{word}\"\nseverity = \"medium\"\n"
                      f"topic = \"thử\"\nmatch = '\"{word}\"'\nanswer = \"thử\"\n\n")
    with open(f"{dir}/sources.toml", "w") as out:
        for number, url in enumerate(feeds.urls()):
            out.write(f"[[source]]\nid = \"f{number}\"\nname = \"F{number}\"\nkind = \"feed\"\nurl = \"{url}\"\n"
                      "trust = \"social\"\nevery = \"15m\"\n\n")
    with open(f"{dir}/canhtin.toml", "w") as out:
        out.write(f"""keywords = "keywords"
sources = ["sources.toml"]
[office]
name = "Phòng thử"
[store]
dir = "var"
keep_texts = "0s"
[fetch]
contact = "thu@example.vn"
gap = "0s"
allow_networks = ["127.0.0.0/8"]
ignore_robots = [{", ".join(f'"127.0.0.{2 + host}"' for host in range(HOSTS))}]
[mail]
from = "Canh tin <canhtin@example.vn>"
transport = "smtp"
[mail.smtp]
host = "127.0.0.1"
port = {SMTP}
tls = "none"
[[receiver]]
name = "truc-ban"
to = ["truc@example.vn"]
max_per_hour = 1000
[[route]]
receiver = "truc-ban"
min_severity = "info"
""")
    run = lambda phase: timed([binary, "--config", f"{dir}/canhtin.toml", "once"])
    return run


def rss2email(dir, feeds):
    with open(f"{dir}/r2e.cfg", "w") as out:
        out.write("[DEFAULT]\nfrom = a@localhost\nto = b@localhost\nemail-protocol = smtp\n"
                  f"smtp-server = 127.0.0.1:{SMTP}\n"
                  "smtp-auth = False\nsmtp-ssl = False\nsame-server-fetch-interval = 0\nverbose = error\n")
        for number, url in enumerate(feeds.urls()):
            out.write(f"\n[feed.f{number}]\nurl = {url}\n")
    env = dict(os.environ, HOME=dir)
    def run(phase):
        quiet = ["--no-send"] if phase == "first" else []
        return timed(["/usr/bin/python3", shutil.which("r2e"), "-c", f"{dir}/r2e.cfg", "-d", f"{dir}/r2e.json", "run", *quiet], env)
    return run


def script(command, dir, feeds):
    with open(f"{dir}/urls.txt", "w") as out:
        out.writelines(url + "\n" for url in feeds.urls())
    with open(f"{dir}/keywords.txt", "w") as out:
        out.writelines(word + "\n" for word in feeds.keywords)
    def run(phase):
        quiet = ["--no-send"] if phase == "first" else []
        return timed([*command.split(), dir, f"{dir}/peer.db", str(SMTP), *quiet])
    return run


def main():
    global PORT, SMTP
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--peer")
    args = parser.parse_args()
    PORT, SMTP = args.port, SMTP + args.port - PORT
    feeds, ready = Feeds(), {"up": threading.Event(), "mails": 0}
    threading.Thread(target=lambda: asyncio.run(serve(feeds, args.delay, ready)), daemon=True).start()
    ready["up"].wait()
    programs = {"canhtin": lambda dir: canhtin(args.binary, dir, feeds)}
    if shutil.which("r2e"):
        programs["rss2email"] = lambda dir: rss2email(dir, feeds)
    if args.peer:
        programs["script"] = lambda dir: script(args.peer, dir, feeds)
    if args.only:
        programs = {name: start for name, start in programs.items() if name == args.only}
    figures = {}
    for _ in range(args.rounds):
        for name, start in programs.items():
            with tempfile.TemporaryDirectory() as dir:
                feeds.reset()
                run = start(dir)
                for phase in ("first", "unchanged", "new100"):
                    if phase == "new100":
                        feeds.update()
                    mails = ready["mails"]
                    figures.setdefault((name, phase), []).append((*run(phase), ready["mails"] - mails))
    for phase in ("first", "unchanged", "new100"):
        middle = {}
        for name in programs:
            rows = figures[name, phase]
            middle[name] = [statistics.median(column) for column in zip(*rows)]
            cpu, wall, memory, mails = middle[name]
            print(f"{phase:<10} {name:<10} cpu {cpu:7.2f} s  wall {wall:7.2f} s  {memory:6.1f} MB  {mails:.0f} mails")
        for name in programs:
            if name != "canhtin" and "canhtin" in middle:
                cpu, wall = (middle[name][n] / middle["canhtin"][n] for n in (0, 1))
                print(f"{phase:<10} {name} needs {cpu:.1f} × the CPU and {wall:.1f} × the time of canhtin")


main()
