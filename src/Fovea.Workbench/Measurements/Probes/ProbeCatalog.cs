namespace Fovea.Workbench;

/// <summary>The probes there are.</summary>
public static class ProbeCatalog
{
    /// <summary>The probes of this library, by name. They are named here, so that trimmed and native programs have them
    /// too.</summary>
    public static IReadOnlyList<Probe> BuiltIn { get; } =
    [
        new AliasingProbe(),
        new AblationProbe(),
        new BatchNormProbe(),
        new BorderDimmingProbe(),
        new BorderUnitsProbe(),
        new DirectionalProbe(),
        new FieldProbe(),
        new FiltersProbe(),
        new FirstBatchProbe(),
        new GainProbe(),
        new LayerProbe(),
        new MixingProbe(),
        new ModeGapProbe(),
        new OneBatchProbe(),
        new PermutedTargetsProbe(),
        new PositionProbe(),
        new RateProbe(),
        new ReorderedChannelsProbe(),
        new ReviveProbe(),
        new SharpnessProbe(),
        new ShiftsProbe(),
        new SplitsProbe(),
        new StandardizedProbe(),
        new ViewsProbe(),
        new ZeroedInputProbe(),
    ];

    /// <summary>A probe of <see cref="BuiltIn"/> by name; null where there is none of it.</summary>
    /// <param name="name">E.g. <c>gain</c>.</param>
    public static Probe? Find(string name) => BuiltIn.FirstOrDefault(p => p.Name == name);
}
