using Fovea.Peers;
using Fovea.Peers.Torch;

try
{
    PeerOptions options = PeerOptions.Parse(args);
    Document? document = options.Document is { } path ? Document.Open(path, Report.BlockOf(options)) : null;
    if (options.IsTraining || options.HasTorch)
    {
        TorchLibrary.Prepare();
    }

    Report report = new(options, args);
    foreach (Case row in options.Cases())
    {
        using Comparison comparison = Comparison.Create(row, options);
        comparison.Check();
        report.Add(comparison, options.Rounds > 0 ? Turns.Measure(comparison, options) : null);
    }

    report.End();
    document?.Write(report.Lines);
    return options.IsMust && report.ShortRows > 0 ? 1 : 0;
}
catch (ArgumentException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (Exception error)
    when (error is InvalidOperationException or NotSupportedException or DllNotFoundException or IOException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
