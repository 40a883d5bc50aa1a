"""The shipped forms also run in ODK Collect: JavaRosa, by the ODK Validate that pyxform carries, accepts every one of them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import pyxform

from forms.command import COMPILED

_JAR = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
_JAVA = shutil.which("java")


@pytest.mark.skipif(_JAVA is None or not _JAR.exists(), reason="ODK Validate needs a Java runtime, which this machine lacks")
def test_odk_validate_accepts_every_form() -> None:
    forms = sorted(str(path) for path in COMPILED.glob("*.xml"))
    assert forms
    told = subprocess.run([str(_JAVA), "-jar", str(_JAR), *forms], capture_output=True, text=True, check=False, timeout=120)
    words = told.stdout + told.stderr
    assert told.returncode == 0, words[-2000:]
    assert words.count("Xform is valid") == len(forms), words[-2000:]
