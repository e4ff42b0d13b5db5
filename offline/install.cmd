@echo off
rem Installs casaudit from this folder, without a network:  install.cmd [FOLDER] [--extra NAME]
rem Exit codes: 0 installed, 1 failed, 2 wrong option, 3 no Python that fits.
setlocal
set "FITS=import sys, sysconfig; sys.exit(sysconfig.get_platform() != 'win-amd64' or sys.version_info[:2] not in [(3, 11), (3, 12), (3, 13)])"
set "PYTHON="
for %%V in (3.13 3.12 3.11) do if not defined PYTHON (py -%%V -c "%FITS%" >nul 2>nul && set "PYTHON=py -%%V")
if not defined PYTHON (python -c "%FITS%" >nul 2>nul && set "PYTHON=python")
if not defined PYTHON goto missing
%PYTHON% "%~dp0install.py" %*
exit /b %ERRORLEVEL%
:missing
echo install: no Python 3.11, 3.12 or 3.13 for 64-bit Windows was found. 1>&2
echo Install one, or name it yourself:  C:\folder\python.exe "%~dp0install.py" 1>&2
exit /b 3
