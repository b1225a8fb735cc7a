"""The words that the corpus is made of."""
# ruff: noqa: SIM905 - lists of words read better without a thousand quotes

from __future__ import annotations

ENGLISH = tuple(
    """
    about above account across adapter after again allocate almost already alias answer any append archive argument
    around array assert attach balance barrier batch because before begin below between block both bounce bound break
    bridge broken bucket build burst byte call callback capture carry catch chain change check chunk clean clock close
    collect column compare compress compute connect consume context convert copy correct count cover create current
    cursor cycle daemon data deadline debug decide decode default defer delay delete depend deploy detect device digest
    direct disk divide domain drain driver during early edge empty encode engine enough entry even event exact example
    exit expect export extend fail fallback fast feature fetch field filter final find fix flag flow flush fold follow
    for fork format found frame free from full gateway gather given grow guard half handle happen has header heavy help
    hint hold hook host idle ignore import in increase inner input insert inspect interval into is isolate it item
    itself join jump just keep known label last late layer lead leak learn leave less level light limit line listener
    live load local long look loop loose lose made mark mask match may measure merge method middle migrate mirror miss
    model module monitor more most move much multiple name near need next node not note number object observe of often
    on only open order other out outer over pack pair parallel part pass patch path pause peer per permission pick
    place plain point poll pool port possible primary print probe process produce proxy pull push quick quiet quite
    quorum raise range rate rather read ready real reason receive record recover reduce region register relay release
    remote remove repair repeat replay report reset resolve resource rest restore result return reverse rewrite right
    role roll root rotate round route rule run safe same scan schedule scope second segment select send separate
    sequence serve session set shadow share shift short should show simple since single size skip sleep slice slot
    small snapshot so some source split stage stale state stay step still stop store stream strict such switch take
    tail task tell than that the their then there they this those through throw tick tie time to together too topic
    total track transfer traverse trigger trim trust try turn type under until update use useful value verify very via
    view volume wait walk want warn watch way when where which while whole why wide window with without wrap write yet
    zone
    """.split()
)

CHINESE = tuple(
    """
    这里 这样 那样 我们 大家 作者 读者 问题 原因 办法 结论 例子 细节 步骤 过程 结果 经验 教训 工具 程序 代码 函数 参数 变量 对象 接口 模块 组件 框架
    类型 数组 字典 列表 队列 栈帧 指令 编译 运行 调试 断点 日志 监控 告警 部署 上线 回滚 灰度 流量 网关 路由 负载 均衡 连接 断开 重连 超时 重试 限流
    熔断 降级 缓存 命中 失效 更新 写入 读取 扫描 索引 主键 事务 隔离 锁表 死锁 备份 恢复 迁移 分库 分表 集群 节点 选举 心跳 一致性 可用性 分区 延迟
    吞吐 性能 瓶颈 优化 压测 采样 火焰图 内存 磁盘 网络 线程 协程 进程 信号 中断 内核 驱动 容器 镜像 仓库 版本 分支 合并 冲突 评审 测试 覆盖 文档
    首先 然后 接着 最后 其实 当然 不过 于是 因此 虽然 如果 只要 除非 比如 尤其 大约 几乎 往往 有时 一直 已经 正在 需要 可以 应该 必须 不能 值得
    简单 复杂 清楚 麻烦 稳定 可靠 快速 缓慢 完整 正确 错误 常见 少见 重要 一次 几个 许多 全部 部分 之间 以后 以前 同时 另外 现在 后来 的话 的是
    """.split()
)

TECHNOLOGIES = tuple(
    """
    python linux git docker rust postgresql redis kubernetes golang nginx sqlite mysql typescript javascript css html
    vim bash grpc http tls dns kafka rabbitmq prometheus grafana terraform ansible cmake clang llvm wasm pytest numpy
    pandas asyncio django flask vue react
    """.split()
)

ASPECTS = ("basics", "pitfalls", "tuning", "recipes")
"""With a technology they make a further tag: `redis-tuning`."""

TAGS = TECHNOLOGIES + tuple(f"{name}-{aspect}" for aspect in ASPECTS for name in TECHNOLOGIES)
"""The most used first."""

CATEGORIES: tuple[tuple[str, ...], ...] = (
    ("Engineering",),
    ("Operations",),
    ("Data",),
    ("Web",),
    ("Tools",),
    ("Reading",),
    ("Work",),
    ("Life",),
    ("Engineering", "Design"),
    ("Engineering", "Compilers"),
    ("Engineering", "Testing"),
    ("Operations", "Networks"),
    ("Operations", "Storage"),
    ("Operations", "Incidents"),
    ("Data", "Databases"),
    ("Data", "Streams"),
    ("Web", "Servers"),
    ("Web", "Browsers"),
    ("Tools", "Editors"),
    ("Tools", "Shells"),
)
"""Paths from the top, the most used first."""
