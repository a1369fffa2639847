namespace Fovea.Data;

/// <summary>One labelled series as a file has it; NaN where a value is missing.</summary>
/// <param name="Channels">Values of each channel.</param>
/// <param name="Label">The class as written, without surrounding spaces.</param>
/// <param name="Line">Where it stands in the file, from 1.</param>
internal sealed record SeriesCase(float[][] Channels, string Label, int Line);

/// <summary>The cases of a file and what its header promised about them.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Format">ts, tsv, txt or arff.</param>
/// <param name="Cases">In the file's order.</param>
/// <param name="DeclaredClasses">Class names the header lists; empty where there is none.</param>
internal sealed record SeriesFile(
    string File,
    string Format,
    List<SeriesCase> Cases,
    IReadOnlyList<string> DeclaredClasses
);
