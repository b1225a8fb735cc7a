"""Posts typed as plain outlines read as their authors typed them.

The first note is ours and always there; the second is the one for which all of this was made.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from sitegen.config import Config, MarkdownConfig
from sitegen.content.manuscripts import parse_manuscript
from sitegen.model import Manuscript, Signature, SourceFile, SourceKind, SourcePath
from sitegen.render.markdown.renderer import MarkdownRenderer, RenderedMarkdown
from sitegen.urls import post_url

OURS = Path(__file__).parent / "notes/编译原理笔记.md"
SAMPLE = Path(__file__).parents[2] / "../shared/samples/hexo-notes/source/_posts/深度学习笔记.md"
CONFIG = Config(timezone="Asia/Shanghai", markdown=MarkdownConfig(breaks=True))


class Note:
    """A note as loaded and rendered, and as a reader sees it."""

    def __init__(self, path: Path) -> None:
        file = SourceFile(
            path=SourcePath(f"content/posts/{path.name}"),
            kind=SourceKind.POST,
            signature=Signature(mtime_ns=0, ctime_ns=0, size=0, inode=0),
        )
        self.manuscript: Manuscript
        self.manuscript, problems = parse_manuscript(path.read_bytes(), file, CONFIG)
        assert problems == ()
        self.rendered: RenderedMarkdown = MarkdownRenderer(CONFIG).render(self.manuscript)
        self.html = self.rendered.body.html
        self.lines = read_lines(self.html)
        self.summary_lines = read_lines(self.rendered.body.summary_html)

    def after(self, line: str, count: int) -> list[tuple[int | str, str]]:
        """The lines that follow one."""
        place = [text for _, text in self.lines].index(line) + 1
        return self.lines[place : place + count]


def read_lines(html: str) -> list[tuple[int | str, str]]:
    """The lines that a reader sees, each with its depth in an outline, or `code` or the name of its block."""
    lines: list[tuple[int | str, str]] = []
    body = LexborHTMLParser(html).body
    assert body is not None
    for block in body.iter():
        if block.tag in {"figure", "pre"}:
            lines += [("code", line) for line in block.text().strip("\n").split("\n")]
        elif block.tag == "p":
            lines += [(_depth(part), _text(part)) for part in _parts(block)]
        elif block.tag != "span":
            lines.append((block.tag or "", block.text()))
    return lines


def _parts(paragraph: LexborNode) -> list[list[LexborNode]]:
    """The nodes of a paragraph, line by line."""
    parts: list[list[LexborNode]] = [[]]
    for node in paragraph.iter(include_text=True):
        if node.tag == "br":
            parts.append([])
        else:
            parts[-1].append(node)
    return parts


def _depth(nodes: list[LexborNode]) -> int:
    classes = [node.attributes.get("class") or "" for node in nodes if node.tag == "span"]
    return int(classes[0].removeprefix("outline-")) if classes else 0


def _text(nodes: list[LexborNode]) -> str:
    return "".join(node.text() for node in nodes).strip("\n \u2003")


@pytest.fixture(scope="module")
def ours() -> Note:
    return Note(OURS)


@pytest.fixture(scope="module")
def sample() -> Note:
    if not SAMPLE.is_file():
        pytest.skip("needs ../shared/samples/hexo-notes beside the checkout")
    return Note(SAMPLE)


class TestOurs:
    """The shapes of the sample in a note of our own."""

    def test_f_front_matter_is_read_and_not_printed(self, ours: Note) -> None:
        metadata = ours.manuscript.metadata
        assert metadata.categories == (("笔记",),)
        assert metadata.tags == ("编译", "LLVM")
        assert "categories:" not in ours.html

    def test_t_u_the_date_is_in_the_zone_of_the_site_and_the_address_keeps_its_name(self, ours: Note) -> None:
        date = ours.manuscript.metadata.date
        assert date is not None
        assert date.isoformat() == "2019-03-02T21:10:05+08:00"
        assert post_url(ours.manuscript.metadata, CONFIG) == "/2019/03/02/编译原理笔记/"

    def test_s_the_summary_is_what_stands_before_the_marker(self, ours: Note) -> None:
        assert ours.rendered.has_more
        assert ours.summary_lines[0] == (0, "2019-02-11")
        assert ours.summary_lines[-1] == (1, "错误恢复 跳到下一个分号")
        assert ours.summary_lines == ours.lines[: len(ours.summary_lines)]
        assert "id=" not in ours.rendered.body.summary_html

    def test_p01_p02_notes_are_indented_by_their_level(self, ours: Note) -> None:
        assert ours.after("1.词法分析", 2) == [
            (1, "正则表达式:先转成NFA"),
            (1, "最小化:合并等价状态，状态要尽量少"),
        ]
        assert ours.after("2.语法分析", 5) == [
            (1, "LL(1)需要"),
            (2, "消除左递归"),
            (2, "提取左公因子"),
            (1, "lookahead()函数：只看一个记号."),
            (1, "错误恢复 跳到下一个分号"),
        ]

    def test_p03_text_after_the_marker_begins_a_paragraph(self, ours: Note) -> None:
        assert '</p>\n<span id="more"></span>\n<p class="outline">3.语义分析<br>' in ours.html
        assert ours.after("3.语义分析", 1) == [(1, "符号表在这里面建")]

    def test_p04_code_indented_after_a_blank_line_is_one_block(self, ours: Note) -> None:
        assert [line for line in ours.lines if line[0] == "code"][:6] == [
            ("code", "#计算一个数的阶乘"),
            ("code", "int f(int n) {"),
            ("code", "  # 递归"),
            ("code", "  return n < 2 ? 1 : n * f(n - 1);"),
            ("code", "}"),
            ("code", "t1 = b * c"),
        ]
        assert "<h1" not in ours.html

    def test_p05_p06_a_fence_among_notes_is_code_and_the_notes_go_on(self, ours: Note) -> None:
        assert ours.after("每条指令最多有三个操作数，临时变量随便用。", 3) == [
            ("code", "t1 = b * c"),
            ("code", "t2 = a + t1"),
            (1, "可以看到每行只做一件事"),
        ]
        assert "```" not in ours.html

    def test_p07_a_long_arrow_is_left_alone(self, ours: Note) -> None:
        assert (1, "SSA(1988)------>LLVM(2003)") in ours.lines

    def test_p08_p09_notes_after_a_blank_line_wrap(self, ours: Note) -> None:
        assert ours.after("SSA(1988)------>LLVM(2003)", 3) == [
            (1, "Basic Block"),
            (1, "(1) 只有一个入口"),
            (1, "(2) 只有一个出口"),
        ]

    def test_p10_to_p12_items_are_lines_at_their_depth(self, ours: Note) -> None:
        assert ours.after("Linear Scan", 6) == [
            (2, "- 比图着色快"),
            (2, "- JIT里面常用"),
            (3, "- V8"),
            (3, "- HotSpot"),
            (1, "First results:"),
            (2, "- live range"),
        ]

    def test_p13_p14_a_bracket_after_a_url_is_not_part_of_it(self, ours: Note) -> None:
        assert '<a href="https://llvm.org/docs">https://llvm.org/docs</a>)</span>' in ours.html
        address = "https://www.cs.example.edu/papers/ssa.pdf#page-3"
        assert f'（<a href="{address}">{address}</a>）</span>' in ours.html

    def test_p15_p17_p20_p21_characters_stay_as_typed(self, ours: Note) -> None:
        assert ours.after("x[:] = x op y", 2) == [(1, "'undefined'不是错误"), (0, "安装到..\\LLVM 8.0\\bin")]

    def test_p16_p18_p19_a_line_is_a_line(self, ours: Note) -> None:
        assert ours.lines[-2:] == [(0, "$ make -j4 (四个核)"), (0, "$ export CC=clang")]

    def test_d_the_description_glues_no_lines(self, ours: Note) -> None:
        assert ours.rendered.description.startswith("2019-02-11 1.词法分析 正则表达式:先转成NFA 最小化:")

    def test_l_the_language_is_chinese(self, ours: Note) -> None:
        assert ours.rendered.language == "zh-Hans"


class TestSample:
    """Every row of the table of the sample."""

    def test_f_front_matter_is_read_and_not_printed(self, sample: Note) -> None:
        metadata = sample.manuscript.metadata
        assert metadata.categories == (("笔记",),)
        assert metadata.tags == ("深度学习", "MXNet", "PyTorch")
        assert "categories:" not in sample.html

    def test_t_u_the_date_is_in_the_zone_of_the_site_and_the_address_keeps_its_name(
        self, sample: Note
    ) -> None:
        date = sample.manuscript.metadata.date
        assert date is not None
        assert date.isoformat() == "2018-05-08T23:54:20+08:00"
        assert post_url(sample.manuscript.metadata, CONFIG) == "/2018/05/08/深度学习笔记/"

    def test_s_the_summary_is_what_stands_before_the_marker(self, sample: Note) -> None:
        assert sample.rendered.has_more
        assert len(sample.summary_lines) == 15
        assert sample.summary_lines[-1] == (1, "自定义层 需要给input的维数")
        assert sample.summary_lines == sample.lines[:15]
        assert "id=" not in sample.rendered.body.summary_html

    def test_p01_notes_are_indented_by_one_level(self, sample: Note) -> None:
        assert sample.after("1.GPU选购指南", 5) == [
            (1, "计算能力:32位浮点计算能力"),
            (1, "内存大小:至少4G"),
            (1, "内存带宽:要足够才能发挥计算能力"),
            (1, "机箱要大一点，散热要好，电源负荷要够"),
            (1, "个人用户考虑GTX系列，1080ti性价比较高，资金够就Titan Xp，要追求性能等下一代Volta"),
        ]

    def test_p02_notes_below_notes_are_indented_by_two_levels(self, sample: Note) -> None:
        assert sample.after("nn.Block主要提供", 4) == [
            (2, "存储参数"),
            (2, "描述forward如何执行"),
            (2, "自动求导"),
            (1, "super()函数：子类在init的时候先调用父类的init."),
        ]

    def test_p03_text_after_the_marker_begins_a_paragraph(self, sample: Note) -> None:
        assert '</p>\n<span id="more"></span>\n<p class="outline">3.dropout<br>' in sample.html
        assert sample.after("3.dropout", 1) == [(1, "在第二章监督学习里面")]

    def test_p04_the_code_for_image_augmentation_is_one_block_of_ten_lines(self, sample: Note) -> None:
        code = sample.after("6.图像增强", 10)
        assert {kind for kind, _ in code} == {"code"}
        assert code[0] == ("code", "#以0.5的概率做翻转")
        assert code[-1] == ("code", "aug = image.HueJitterAug(.5)")
        assert sample.after("aug = image.HueJitterAug(.5)", 1) == [(0, "2017-10-21")]
        assert "<h1" not in sample.html

    def test_p05_p06_a_fence_among_notes_is_code_and_the_notes_go_on(self, sample: Note) -> None:
        assert sample.after("x = sym.var('data')", 3) == [
            ("code", "y = net(x)"),
            ("code", "print(y.tojson())"),
            (
                1,
                "可以看到json格式的y,可以通过export()来保存程序到硬盘。它之后不仅可以被Python，也可以用其他语言来读取。",
            ),
        ]
        assert "```" not in sample.html

    def test_p07_a_long_arrow_is_left_alone(self, sample: Note) -> None:
        assert (1, "LeCun et al.(1998)------>Alex et al.(2012)") in sample.lines

    def test_p08_notes_after_a_blank_line_wrap(self, sample: Note) -> None:
        assert (1, "Data-Driven Approch") in sample.lines

    def test_p09_a_long_note_after_a_blank_line_wraps(self, sample: Note) -> None:
        assert any(
            depth == 1 and text.startswith("L2 Regularization(Weight Decay)") for depth, text in sample.lines
        )

    def test_p10_items_below_a_line_of_text_are_lines_at_their_depth(self, sample: Note) -> None:
        items = sample.after("First strong results:", 3)
        assert [depth for depth, _ in items] == [2, 2, 2]
        assert items[0][1].startswith("- Acoustic Modeling using Deep Belief Networks.")

    def test_p11_items_below_items_are_one_level_deeper(self, sample: Note) -> None:
        assert sample.after("- Region Proposals", 2) == [(3, "- R-CNN"), (3, "- SPP-Net")]

    def test_p12_cpu_and_gpu_are_lines_of_their_own(self, sample: Note) -> None:
        assert sample.after("- General Purpose", 2) == [(3, "- CPU"), (3, "- GPU")]

    def test_p13_a_bracket_after_a_url_is_not_part_of_it(self, sample: Note) -> None:
        address = "https://songhan.github.io/DSD"
        assert f'DSD(DSD Model Zoo: <a href="{address}">{address}</a>)' in sample.html

    def test_p14_full_width_brackets_around_a_url_are_not_part_of_it(self, sample: Note) -> None:
        address = (
            "http://deeplearning.net/software/theano_versions/dev/tutorial/conv_arithmetic.html"
            "#transposed-convolution-arithmetic"
        )
        assert f'转置卷积是升维。（<a href="{address}">{address}</a>）' in sample.html

    def test_p15_a_slice_is_text(self, sample: Note) -> None:
        assert (1, "(1) By using slice notation x[:] = x op y") in sample.lines
        assert sample.after("MXNet ndarray小知识：", 2) == [(1, "z = nd.zeros_like(x)"), (1, "z[:] = x + y")]

    def test_p16_commands_are_one_line_each(self, sample: Note) -> None:
        commands = sample.after("如何在一个conda的env中安装pytorch", 2)
        assert commands[0] == (0, "$ conda create -n pytorch python=3.6 (首先创建一个环境)")
        assert commands[1][1].startswith("$ conda install -n pytorch pytorch torchvision cuda80 -c pytorch ")

    def test_p17_a_url_in_a_command_stays_as_typed(self, sample: Note) -> None:
        assert (0, "$ export http_proxy=http://proxy.pi.sjtu.edu.cn:3004/") in sample.lines

    def test_p18_blanks_at_the_end_of_a_line_make_no_other_line(self, sample: Note) -> None:
        assert sample.after("(1)Hybridize 提供两倍加速", 1)[0][0] == 1

    def test_p19_numbered_notes_are_lines(self, sample: Note) -> None:
        assert sample.after("两个目的：", 2) == [
            (1, "1.提供未观测到的变量的后验概率的解析近似，以便利用这些变量进行统计推断；"),
            (1, "2.推导出已观测到的变量的边际概率的下界。"),
        ]

    def test_p20_straight_quotes_stay_straight(self, sample: Note) -> None:
        assert (3, "- Saturated neurons 'kill' the gradients") in sample.lines

    def test_p21_a_windows_path_stays_as_typed(self, sample: Note) -> None:
        assert "复制到对应文件夹..\\MiKTeX 2.9\\miktex\\bin\\x64</p>" in sample.html

    def test_d_the_description_glues_no_lines(self, sample: Note) -> None:
        assert sample.rendered.description.startswith("2017-09-23 1.GPU选购指南 计算能力:32位")

    def test_l_the_language_is_chinese(self, sample: Note) -> None:
        assert sample.rendered.language == "zh-Hans"

    def test_c_reading_takes_ten_minutes(self, sample: Note) -> None:
        assert sample.rendered.counts.cjk_characters == 1997
        assert sample.rendered.counts.reading_minutes == 10

    def test_every_line_of_the_source_is_a_line_of_the_page(self, sample: Note) -> None:
        typed = [line.strip(" \t") for line in sample.manuscript.text.split("\n")]
        expected = [line for line in typed if line and line not in ("```", "<!-- more -->")]
        assert [text.strip(" \t") for _, text in sample.lines] == expected

    def test_nothing_is_wrong_in_it(self, sample: Note) -> None:
        assert sample.rendered.problems == ()
        assert sample.rendered.links == ()
