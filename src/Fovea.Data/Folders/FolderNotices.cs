namespace Fovea.Data;

/// <summary>What is said about an image folder that was opened, a sentence each.</summary>
internal static class FolderNotices
{
    private const int Named = 5;

    /// <summary>How many were set aside.</summary>
    public static string OfSplit(int train, int test) =>
        $"the folder has no test part: {PictureCheck.Count(test, "picture")} of {train + test}, a fifth of each class, {(test == 1 ? "is" : "are")} set aside to judge by.";

    /// <summary>Where files lie that are not used, or not at their place.</summary>
    public static IEnumerable<string> OfPlaces(FolderPart[] parts, FolderWalk walk)
    {
        int loose = parts.Sum(p => p.Loose),
            deeper = parts.Sum(p => p.Deeper);
        if (loose > 0)
        {
            yield return $"{PictureCheck.Count(loose, "file")} beside the class folders left out.";
        }

        if (deeper > 0)
        {
            yield return $"{PictureCheck.Count(deeper, "file")} in folders below the class folders, counted for the class above.";
        }

        if (walk.LitterCount > 0)
        {
            yield return $"{walk.LitterCount} hidden or system files and folders passed over.";
        }

        if (walk.SkippedLinks.Count > 0)
        {
            yield return $"{PictureCheck.Count(walk.SkippedLinks.Count, "link")} left out: {Some([.. walk.SkippedLinks])}.";
        }
    }

    /// <summary>How folders and the classes of a network differ.</summary>
    public static IEnumerable<string> OfClasses(string[] found, IReadOnlyList<string> classes)
    {
        HashSet<string> known = [.. classes.Select(ComposedName.Of)];
        string[] unknown = [.. found.Where(name => !known.Contains(name))];
        if (unknown.Length > 0)
        {
            yield return $"folders that are no class of the network left out: {Some(unknown)}.";
        }

        string[] missing = [.. classes.Where(name => !found.Contains(ComposedName.Of(name), StringComparer.Ordinal))];
        if (missing.Length > 0)
        {
            yield return $"classes of the network without a folder: {Some(missing)}.";
        }
    }

    /// <summary>Classes without pictures.</summary>
    public static IEnumerable<string> OfEmpty(
        IReadOnlyList<string> classes,
        List<PictureFile> train,
        List<PictureFile> test,
        bool learns
    )
    {
        foreach ((string part, List<PictureFile> pictures) in new[] { ("train", train), ("test", test) })
        {
            string[] empty = [.. classes.Where(name => pictures.All(p => p.Class != ComposedName.Of(name)))];
            if (empty.Length > 0 && (learns || part == "test"))
            {
                yield return $"classes without a {part} picture: {Some(empty)}.";
            }
        }
    }

    /// <summary>The first few names.</summary>
    public static string Some(string[] names) =>
        string.Join(", ", names.Take(Named)) + (names.Length > Named ? $" and {names.Length - Named} more" : "");
}
