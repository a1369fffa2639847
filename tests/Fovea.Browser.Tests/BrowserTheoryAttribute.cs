using System.Runtime.CompilerServices;

namespace Fovea.Browser.Tests;

/// <summary>A test that needs a browser: Debian's chromium, or the one that FOVEA_CHROMIUM names. Skipped without.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for the browser.</summary>
    public BrowserTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (Browser.Executable is null)
        {
            Skip = "no browser: apt-get install chromium, or name one in FOVEA_CHROMIUM";
        }
    }
}

/// <summary>A test that needs a browser and axe-core: FOVEA_AXE names the file axe.min.js, which .ci/run fetches. Skipped
/// without.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AxeTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for both.</summary>
    public AxeTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (Browser.Executable is null)
        {
            Skip = "no browser: apt-get install chromium, or name one in FOVEA_CHROMIUM";
        }
        else if (Browser.Axe is null)
        {
            Skip = "no axe-core: npm pack axe-core, and name package/axe.min.js in FOVEA_AXE";
        }
    }
}
