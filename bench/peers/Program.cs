using Fovea.Peers;
using Fovea.Peers.Torch;
using Microsoft.ML.OnnxRuntime;

try
{
    PeerOptions options = PeerOptions.Parse(args);
    if (options.Mode == PeerMode.Memory)
    {
        if (options.Engine is { } engine)
        {
            Memory.Measure(options, engine);
            return 0;
        }

        foreach (string line in Memory.Table(options))
        {
            Console.WriteLine(line);
        }

        return 0;
    }

    Document? document = options.Document is { } path ? Document.Open(path, Report.BlockOf(options)) : null;
    if (options.IsTraining || options.HasTorch)
    {
        TorchLibrary.Prepare();
    }

    if (options.HasLayers)
    {
        foreach (string line in options.Cases().SelectMany(row => Layers.Of(row, Math.Max(1, options.Rounds))))
        {
            Console.WriteLine(line);
        }

        return 0;
    }

    Report report = new(options, args);
    foreach (Case row in options.Cases())
    {
        try
        {
            using Comparison comparison = Comparison.Create(row, options);
            comparison.Check();
            report.Add(comparison, options.Rounds > 0 ? Turns.Measure(comparison, options) : null);
        }
        catch (Exception error)
            when (error is InvalidOperationException or NotSupportedException or OnnxRuntimeException or IOException)
        {
            report.AddFailure(row, error.Message);
        }

        GC.Collect(); // two copies of a network's weights are not kept beside the next one's
    }

    report.End();
    document?.Write(report.Lines);
    return report.Failures > 0 || (options.IsMust && report.ShortRows > 0) ? 1 : 0;
}
catch (ArgumentException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (Exception error) when (error is DllNotFoundException or IOException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
