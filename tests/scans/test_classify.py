from __future__ import annotations

import pytest
from scan_support import IPHONE

from shelftalk.scans.classify import classify, classify_device

ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
ANDROID = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {ENGINE} Mobile Safari/537.36"
PEOPLE = {
    "Safari": IPHONE,
    "Chrome": ANDROID,
    "WeChat": IPHONE.replace("Safari/604.1", "MicroMessenger/8.0.49(0x18003128) NetType/4G Language/zh_CN"),
    "Instagram": IPHONE.replace("Safari/604.1", "Instagram 332.0.0.28.103 (iPhone14,5; iOS 17_5; fa_IR)"),
    "Facebook": IPHONE.replace("Safari/604.1", "[FBAN/FBIOS;FBAV/466.0.0.36.107;FBDV/iPhone14,5]"),
    "Telegram": ANDROID + " Telegram-Android/10.13.1 (Google Pixel 8; Android 14; SDK 34; HIGH)",
    "LINE": IPHONE.replace("Safari/604.1", "Safari Line/14.9.0"),
    "KakaoTalk": ANDROID + ";KAKAOTALK 2610400",
    "Yandex": ANDROID + " YaBrowser/24.4.1.217.00 SA/3",
    "UC": ANDROID + " UCBrowser/13.4.0.1306",
    "Twitter": IPHONE.replace("Safari/604.1", "Twitter for iPhone/10.45"),
    "Pinterest": IPHONE.replace("Safari/604.1", "[Pinterest/iOS]"),
    "Firefox": "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
    "Samsung": ANDROID + " SamsungBrowser/25.0",
    "desktop": f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {ENGINE} Safari/537.36",
    "none": "",
}
PREVIEWS = [
    "WhatsApp/2.24.11.80 A",
    "TelegramBot (like TwitterBot)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "facebookexternalhit/1.1;line-poker/1.0",
    "Twitterbot/1.0",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
    "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
]
BOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
]


@pytest.mark.parametrize("name", PEOPLE)
def test_people_in_every_browser_are_people(name: str) -> None:
    assert classify("GET", {"HTTP_USER_AGENT": PEOPLE[name]}).scan_class == "person"


@pytest.mark.parametrize("agent", PREVIEWS)
def test_link_previews_are_no_people(agent: str) -> None:
    assert classify("GET", {"HTTP_USER_AGENT": agent}).scan_class == "preview_bot"


@pytest.mark.parametrize("agent", BOTS)
def test_bots_that_say_so_are_no_people(agent: str) -> None:
    assert classify("GET", {"HTTP_USER_AGENT": agent}).scan_class == "declared_bot"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST"])
def test_only_get_is_a_scan(method: str) -> None:
    verdict = classify(method, {"HTTP_USER_AGENT": IPHONE})
    assert (verdict.scan_class, verdict.reason) == ("", f"{method} is not a scan")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"HTTP_SEC_PURPOSE": "prefetch"}, "prefetch"),
        ({"HTTP_SEC_PURPOSE": "prefetch;prerender"}, "prefetch"),
        ({"HTTP_PURPOSE": "prefetch"}, "prefetch"),
        ({"HTTP_X_PURPOSE": "preview"}, "prefetch"),
        ({"HTTP_X_MOZ": "prefetch"}, "prefetch"),
        ({"HTTP_SEC_FETCH_DEST": "image"}, "prefetch"),
        ({"HTTP_SEC_FETCH_DEST": "empty", "HTTP_SEC_FETCH_MODE": "cors"}, "prefetch"),
        ({"HTTP_SEC_FETCH_DEST": "document", "HTTP_SEC_FETCH_SITE": "none"}, "person"),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, "person"),
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, "reload"),
        ({"HTTP_CACHE_CONTROL": "max-age=0"}, "reload"),
        ({"HTTP_CACHE_CONTROL": "No-Cache"}, "reload"),
        ({"HTTP_CACHE_CONTROL": "max-age=600"}, "person"),
    ],
)
def test_what_a_request_says_of_itself_decides(headers: dict[str, str], expected: str) -> None:
    assert classify("GET", {"HTTP_USER_AGENT": IPHONE} | headers).scan_class == expected


def test_a_language_switch_is_a_reload_and_staff_are_staff() -> None:
    environ = {"HTTP_USER_AGENT": IPHONE}
    assert classify("GET", environ, switched=True).scan_class == "reload"
    assert classify("GET", environ, switched=True, staff=True).scan_class == "staff"
    assert classify("GET", {"HTTP_USER_AGENT": "Googlebot/2.1"}, staff=True).scan_class == "declared_bot"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (IPHONE, "phone"),
        (ANDROID, "phone"),
        (ANDROID.replace(" Mobile", ""), "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "tablet"),
        (PEOPLE["desktop"], "desktop"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "desktop"),
        ("SomethingElse/1.0", "other"),
        ("", ""),
    ],
)
def test_devices_are_told_apart_coarsely(agent: str, device: str) -> None:
    assert classify_device(agent) == device


@pytest.mark.parametrize("header", ["HTTP_SEC_GPC", "HTTP_DNT"])
def test_who_asks_for_privacy_keeps_the_class_and_nothing_else(header: str) -> None:
    verdict = classify("GET", {"HTTP_USER_AGENT": IPHONE, header: "1"})
    assert (verdict.scan_class, verdict.device, verdict.private) == ("person", "", True)
    assert not classify("GET", {"HTTP_USER_AGENT": IPHONE, header: "0"}).private
