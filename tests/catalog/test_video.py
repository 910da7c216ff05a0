"""Videos elsewhere: which addresses become a player on the page, which stay links."""

from __future__ import annotations

import pytest

from shelftalk.catalog.video import find_embed

YOUTUBE = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&rel=0"
PLAYERS = {
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10": YOUTUBE,
    "https://m.youtube.com/shorts/dQw4w9WgXcQ": YOUTUBE,
    "https://youtu.be/dQw4w9WgXcQ?si=abc": YOUTUBE,
    "https://vimeo.com/76979871": "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1",
    "https://vimeo.com/76979871/8272103f6e": "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1&h=8272103f6e",
    "https://www.aparat.com/v/Xk2Lm": "https://www.aparat.com/video/video/embed/videohash/Xk2Lm/vt/frame",
    "https://www.bilibili.com/video/BV1GJ411x7h7/": "https://player.bilibili.com/player.html?bvid=BV1GJ411x7h7"
    "&autoplay=1&danmaku=0",
    "https://rutube.ru/video/0123456789abcdef0123456789abcdef/": "https://rutube.ru/play/embed/"
    "0123456789abcdef0123456789abcdef",
    "https://vk.com/video-22822305_456241864": "https://vkvideo.ru/video_ext.php?oid=-22822305&id=456241864&autoplay=1",
    "https://vk.com/feed?z=video-22822305_456241864%2Fpl": "https://vkvideo.ru/video_ext.php?oid=-22822305"
    "&id=456241864&autoplay=1",
}


@pytest.mark.parametrize("url", PLAYERS)
def test_a_known_site_plays_on_the_page(url: str) -> None:
    embed = find_embed(url)
    assert embed
    assert embed.src == PLAYERS[url]
    assert any(embed.src.startswith(origin + "/") for origin in embed.frames)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://tea.example/film.mp4",
        "https://youtube.com.tea.example/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/@wuling",
        'https://youtu.be/"><script>',
        "https://youtu.be/dQw4w9WgXcQ/../../evil",
        "https://vimeo.com/76979871;frame-src *",
        "https://vk.com/video-1_2;x",
        "https://[broken",
    ],
)
def test_anything_else_stays_a_link(url: str) -> None:
    assert find_embed(url) is None
