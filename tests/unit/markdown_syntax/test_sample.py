"""The sample post, study notes typed as an outline in 2018, reads as its author typed it."""

from __future__ import annotations

from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from sitegen.config import Config, MarkdownConfig
from sitegen.render.markdown.outline import INDENT
from sitegen.render.markdown.parser import build_parser

SAMPLE = Path(__file__).parents[4] / "shared/samples/hexo-notes/source/_posts/深度学习笔记.md"


@pytest.fixture(scope="module")
def html() -> str:
    if not SAMPLE.exists():
        pytest.skip("the shared sample post is not here")
    _, _, text = SAMPLE.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    parser = build_parser(Config(markdown=MarkdownConfig(breaks=True)))
    return str(parser.render(text, {"lang": "zh-Hans"}))


def line(depth: int, text: str) -> str:
    """A line of an outline in HTML."""
    return f'<span class="outline-{depth}">{INDENT * depth}{text}</span>' if depth else text


PASSAGES = {
    "P01": "<br>\n".join(["1.GPU选购指南", line(1, "计算能力:32位浮点计算能力"), line(1, "内存大小:至少4G")]),
    "P02": "<br>\n".join([line(1, "nn.Block主要提供"), line(2, "存储参数"), line(2, "描述forward如何执行")]),
    "P03": '<!-- more -->\n<p class="outline">3.dropout<br>\n' + line(1, "在第二章监督学习里面") + "</p>",
    "P05": "</span></p>\n"
    '<figure class="code"><pre tabindex="0"><code>from mxnet import sym\n'
    "x = sym.var('data')\ny = net(x)\nprint(y.tojson())\n</code></pre></figure>\n"
    f'<p class="outline"><span class="outline-1">{INDENT}可以看到json格式的y',
    "P06": line(1, "本质上来说调用net.hybridize()就把网络静态化了。") + "</p>",
    "P07": "LeCun et al.(1998)------&gt;Alex et al.(2012)",
    "P08": '<p class="outline">'
    + line(1, "Data-Driven Approch")
    + "<br>\n"
    + line(1, "(1) Collect a dataset"),
    "P09": line(1, "L2 Regularization(Weight Decay) 在贝叶斯统计的角度来看"),
    "P10": line(1, "First strong results:")
    + "<br>\n"
    + line(2, "- Acoustic Modeling using Deep Belief Networks."),
    "P11": line(2, "- Region Proposals") + "<br>\n" + line(3, "- R-CNN"),
    "P12": "<br>\n".join([line(2, "- General Purpose"), line(3, "- CPU"), line(3, "- GPU")]),
    "P13": 'Model Zoo: <a href="https://songhan.github.io/DSD">https://songhan.github.io/DSD</a>)',
    "P14": "#transposed-convolution-arithmetic</a>）",
    "P15": "x[:] = x op y",
    "P16": "$ conda create -n pytorch python=3.6 (首先创建一个环境)<br>\n$ conda install -n pytorch",
    "P17": '$ export http_proxy=<a href="http://proxy.pi.sjtu.edu.cn:3004/">http://proxy.pi.sjtu.edu.cn:3004/</a><br>',
    "P18": "例如asnumpy(),asscalar()</span><br>\n",
    "P19": line(1, "1.提供未观测到的变量的后验概率的解析近似，以便利用这些变量进行统计推断；") + "<br>\n",
    "P20": "- Saturated neurons 'kill' the gradients",
    "P21": r"..\MiKTeX 2.9\miktex\bin\x64",
}


@pytest.mark.parametrize("passage", PASSAGES)
def test_each_passage_reads_as_its_author_meant_it(html: str, passage: str) -> None:
    wanted = (
        PASSAGES[passage].removesuffix("</span>") if passage in {"P08", "P09", "P10"} else PASSAGES[passage]
    )
    assert wanted in html


def test_p04_the_augmentation_code_is_one_block_of_ten_lines_and_no_comment_is_a_heading(html: str) -> None:
    page = LexborHTMLParser(html)
    blocks = [block.text() for block in page.css("pre > code") if "HorizontalFlipAug" in block.text()]
    assert len(blocks) == 1
    assert blocks[0].count("\n") == 10
    assert page.css("h1, h2, h3") == []


def test_nothing_else_is_code_and_nothing_became_a_list_or_a_formula(html: str) -> None:
    page = LexborHTMLParser(html)
    assert len(page.css("pre")) == 2
    assert page.css("ul, ol, li, em, strong, math, blockquote, hr, table") == []


def test_no_character_of_the_text_is_lost(html: str) -> None:
    text = SAMPLE.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")[2]
    typed = text.replace("```", "").replace("<!-- more -->", "")
    shown = LexborHTMLParser(html).body
    assert shown is not None
    assert "".join(shown.text().split()) == "".join(typed.split())
