@echo off
rem Installs Changqing from the wheels beside this file, without a network, and serves it.
chcp 65001 >nul
setlocal
cd /d "%~dp0"
set PYTHONUTF8=1
set CHANGQING_HOME=%LOCALAPPDATA%\Changqing
if exist "venv\installed" goto serve
where py >nul 2>nul
if errorlevel 1 (
  echo 没有找到Python。请先安装Python {{python}}（64位），再双击这个文件。
  echo Python was not found. Install Python {{python}} ^(64 bits^), then double-click this file again.
  pause
  exit /b 2
)
echo 第一次启动要安装，约几分钟 / installing, a few minutes the first time
py -{{python}} -m venv venv
if errorlevel 1 goto failed
venv\Scripts\python -m pip install --quiet --no-index --find-links wheels --requirement requirements.txt
if errorlevel 1 goto failed
echo ok>"venv\installed"
:serve
echo 网页能打开时，下面会给出登录链接；关掉这个窗口就停止。
echo When the pages answer, the sign-in link appears below; closing this window stops it.
venv\Scripts\python -m changqing serve --examples
pause
exit /b %errorlevel%
:failed
echo 没有装成，上面写了原因；改正以后再双击这个文件。
echo Not installed, see above; put it right and double-click this file again.
rmdir /s /q venv 2>nul
pause
exit /b 1
