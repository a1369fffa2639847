namespace Fovea.Workbench.Tests;

public sealed class ProbeCatalogTests
{
    [Fact]
    public void BuiltIn_HasEveryProbeOfTheLibrary()
    {
        IEnumerable<string> there = typeof(Probe)
            .Assembly.GetTypes()
            .Where(t => t.IsPublic && t.IsSubclassOf(typeof(Probe)) && !t.IsAbstract)
            .Select(t => t.Name);

        Assert.Equal(there.Order(), ProbeCatalog.BuiltIn.Select(p => p.GetType().Name).Order());
        Assert.Equal(ProbeCatalog.BuiltIn.Count, ProbeCatalog.BuiltIn.Select(p => p.Name).Distinct().Count());
    }

    [Fact]
    public void Find_Names_GivesTheProbeOrNone()
    {
        Assert.IsType<GainProbe>(ProbeCatalog.Find("gain"));
        Assert.Null(ProbeCatalog.Find("Gain"));
    }
}
