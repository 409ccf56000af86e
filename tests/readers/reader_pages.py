"""Saved pages in the manner of the real ones; every name and number is made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from changqing.case.model import Case
from changqing.law.model import Catalogue
from changqing.papers.open import open_case

COMPANY = "杭州初棠信息科技有限公司"
PROVIDER = "浙江云麓数据服务有限公司"
NUMBER = "浙ICP备2026099997号-1"
DAY = date(2026, 11, 20)

CASE = """\
applicant:
  name: 杭州初棠信息科技有限公司
  credit_code: 91330109MA0EXAM1YG
application: {licence: B25, scope: intra_province, region: '33', stage: apply, submit_on: 2027-01-08}
declared_on: 2026-11-20   # 公司说的
services:
  - id: site
    kind: website
    url: https://www.chutang.example/
    domain: chutang.example
    hosting_provider: 浙江云麓数据服务有限公司
  - {id: app, kind: app, name: 初棠到家}
people:
  - {id: cheng, name: 程初夏, role: legal_representative}
  - {id: wen, name: 闻书远, role: manager}
"""

FILING_LIST = f"""<!doctype html><html><head><meta charset="utf-8"><title>ICP/IP地址/域名信息备案管理系统</title>
<script>var t = "<table><tr><td>主办单位名称</td><td>假公司</td></tr></table>";</script></head><body>
<div class="header"><a>首页</a><a>ICP备案查询</a></div>
<input type="text" placeholder="请输入单位名称/域名/备案号" value="chutang.example"><button>搜索</button>
<table class="el-table__header"><thead><tr><th>序号</th><th>主办单位名称</th><th>主办单位性质</th>
<th>网站备案/许可证号</th><th>网站名称</th><th>网站首页地址</th><th>审核日期</th><th>是否限制接入</th></tr></thead></table>
<table class="el-table__body"><tbody><tr><td>1</td><td><div><span>{COMPANY}</span></div></td><td>企业</td>
<td>浙ICP备2026099997号&#45;1</td><td>初棠到家</td><td>www.chutang.example</td><td>2026-10-12</td><td>否</td></tr></tbody></table>
<footer>版权所有：工业和信息化部 京ICP备99999999号</footer></body></html>"""

FILING_DETAIL = f"""<html><body><h3>ICP备案主体信息</h3><table>
<tr><td>ICP备案/许可证号：</td><td>浙ICP备2026099997号</td><td>审核通过日期：</td><td>2026-10-12</td></tr>
<tr><td>主办单位名称：</td><td>{COMPANY}</td><td>主办单位性质：</td><td>企业</td></tr></table>
<h3>ICP备案网站信息</h3><table>
<tr><td>网站域名：</td><td>chutang.example</td><td>网站备案/许可证号：</td><td>{NUMBER}</td></tr>
<tr><td>接入服务商名称：</td><td>{PROVIDER}</td><td>网站前置审批项：</td><td>无</td></tr></table></body></html>"""

FILING_NONE = """<html><body><input value="chutang.example"><p>ICP备案查询</p>
<div class="empty">没有符合条件的记录</div></body></html>"""

LICENCE = f"""<html><body><h2>电信业务经营许可证查询</h2><dl><dt>公司名称</dt><dd>{PROVIDER}</dd>
<dt>许可证编号</dt><dd>B1-20260001</dd><dt>业务种类</dt><dd>互联网数据中心业务、互联网接入服务业务</dd>
<dt>业务覆盖范围</dt><dd>浙江</dd><dt>有效期</dt><dd>2024年3月1日至2029年2月28日</dd></dl></body></html>"""

DISHONESTY = """<html><body><h1>电信业务经营失信名单</h1>
<form><label>名称</label><input value="杭州初棠信息科技有限公司"></form>
<p>查询结果：暂无数据</p></body></html>"""

DISHONESTY_LISTED = """<html><body><table>
<tr><th>序号</th><th>公司名称</th><th>列入日期</th><th>列入原因</th></tr>
<tr><td>1</td><td>杭州初棠信息科技有限公司</td><td>2026-05-06</td><td>未按期整改，被列入</td></tr></table></body></html>"""

DISHONESTY_PEOPLE = """<html><body><table>
<tr><th>法定代表人</th><td>程初夏：未列入</td></tr>
<tr><th>总经理</th><td>闻书远：已列入</td></tr></table></body></html>"""

REGISTRAR = f"""域名信息
域名：\tchutang.example
域名注册者：\t{COMPANY}
注册服务机构：\t东篱域名服务有限公司
注册日期：\t2026-08-20 12:00:00
到期日期：\t2028-08-20 12:00:00
域名状态：\tclientTransferProhibited, serverHold
"""

APP = f"""<html><body><h1>初棠到家</h1><div class="rows">
<div><div>应用名称</div><div>初棠到家</div></div>
<div><div>开发者</div><div>{COMPANY}</div></div>
<div><div>版本</div><div>2.3.1</div></div>
<div><div>更新日期</div><div>2026年11月3日</div></div></div></body></html>"""


def make_case(folder: Path, catalogue: Catalogue, more: str = "") -> Case:
    """The case of a company with a site, an app and two people."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text(CASE + more, encoding="utf-8")
    return open_case(folder, catalogue)
